using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Hybrid.GpuHost.Execution.Binding;

/// <summary>An input or output at its place in an instance's buffer.</summary>
internal sealed class BoundTensor(TensorElementType type, long[] shape)
{
    private HostBuffer? _buffer;
    private nuint _offset;

    public long[] Shape => shape;

    public nuint Bytes { get; } = BytesOf(type, shape);

    /// <summary>The runtime's view of it; the caller disposes it.</summary>
    public OrtValue PlaceAt(HostBuffer buffer, nuint offset)
    {
        (_buffer, _offset) = (buffer, offset);
        return OrtValue.CreateTensorValueWithData(buffer.Info, type, shape, buffer.At(offset), (long)Bytes);
    }

    public Span<byte> Data => _buffer!.Span(_offset, Bytes);

    private static nuint BytesOf(TensorElementType type, long[] shape)
    {
        var bytes = (nuint)TensorBase.GetElementTypeInfo(type).TypeSize;
        foreach (var dimension in shape)
        {
            bytes = checked(bytes * (nuint)dimension);
        }

        return bytes;
    }
}
