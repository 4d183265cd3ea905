using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Hybrid.GpuHost.Generation.Decoding;

/// <summary>What a decoder says of every token of the vocabulary, for every position of a run.</summary>
internal sealed class Logits(OrtValue value) : IDisposable
{
    private readonly long[] _shape = value.GetTensorTypeAndShape().Shape;
    private float[]? _converted;

    /// <summary>The row's logits after the column's token.</summary>
    public ReadOnlySpan<float> At(int row, int column)
    {
        var vocabulary = (int)_shape[2];
        var start = checked((int)(((row * _shape[1]) + column) * vocabulary));
        if (value.GetTensorTypeAndShape().ElementDataType == TensorElementType.Float)
        {
            return value.GetTensorDataAsSpan<float>().Slice(start, vocabulary);
        }

        _converted ??= new float[vocabulary];
        var halves = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, Half>(value.GetTensorMutableRawData()).Slice(start, vocabulary);
        TensorPrimitives.ConvertToSingle(halves, _converted);
        return _converted;
    }

    public void Dispose() => value.Dispose();
}
