using System.Buffers;
using Hybrid.GpuHost.Execution;
using Hybrid.GpuHost.Tokenization;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Hybrid.GpuHost.Encoders;

/// <summary>Runs token sequences through an encoder as one padded batch.</summary>
public sealed class EncoderSession(IInferenceEngine engine, string output, int padTokenId)
{
    private readonly OutputRequest[] _outputs = [new(output)];
    private readonly string[] _inputNames = [.. engine.Signature.Inputs.Select(input => input.Name)];

    /// <summary>The chosen output for [texts, longest]; the caller disposes it.</summary>
    public IDisposableReadOnlyCollection<OrtValue> Run(ReadOnlySpan<EncodedText> texts, CancellationToken cancellationToken)
    {
        long[] shape = [texts.Length, LongestOf(texts)];
        var inputs = new List<PaddedInput>(_inputNames.Length);
        try
        {
            foreach (var spec in engine.Signature.Inputs)
            {
                inputs.Add(PaddedInput.Create(spec, shape, texts, padTokenId));
            }

            return engine.Run(_inputNames, [.. inputs.Select(input => input.Value)], _outputs, cancellationToken);
        }
        finally
        {
            inputs.ForEach(input => input.Dispose());
        }
    }

    private static int LongestOf(ReadOnlySpan<EncodedText> texts)
    {
        var longest = 0;
        foreach (var text in texts)
        {
            longest = Math.Max(longest, text.Ids.Length);
        }

        return longest;
    }

    /// <summary>One input of the batch in a rented buffer.</summary>
    private sealed class PaddedInput(OrtValue value, Array buffer) : IDisposable
    {
        public OrtValue Value => value;

        public static PaddedInput Create(TensorSpec spec, long[] shape, ReadOnlySpan<EncodedText> texts, int padTokenId) => spec.Type switch
        {
            TensorElementType.Int64 => Create<long>(spec.Name, shape, texts, padTokenId, token => token),
            TensorElementType.Int32 => Create<int>(spec.Name, shape, texts, padTokenId, token => token),
            _ => throw new NotSupportedException($"Input '{spec.Name}' is {spec.Type}; encoders take int64 or int32."),
        };

        public void Dispose()
        {
            value.Dispose();
            switch (buffer)
            {
                case long[] longs:
                    ArrayPool<long>.Shared.Return(longs);
                    break;
                case int[] ints:
                    ArrayPool<int>.Shared.Return(ints);
                    break;
            }
        }

        private static PaddedInput Create<T>(string name, long[] shape, ReadOnlySpan<EncodedText> texts, int padTokenId, Func<int, T> convert)
            where T : unmanaged
        {
            var width = (int)shape[1];
            var buffer = ArrayPool<T>.Shared.Rent(texts.Length * width);
            for (var row = 0; row < texts.Length; row++)
            {
                var text = texts[row];
                var into = buffer.AsSpan(row * width, width);
                into[text.Ids.Length..].Fill(convert(name == EncoderInputs.InputIds ? padTokenId : 0));
                for (var i = 0; i < text.Ids.Length; i++)
                {
                    into[i] = convert(name switch
                    {
                        EncoderInputs.InputIds => text.Ids[i],
                        EncoderInputs.TokenTypeIds => text.TypeIds[i],
                        EncoderInputs.PositionIds => i,
                        _ => 1,
                    });
                }
            }

            return new PaddedInput(OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, buffer.AsMemory(0, texts.Length * width), shape), buffer);
        }
    }
}
