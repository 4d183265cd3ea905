using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Hybrid.GpuHost.Execution;
using Hybrid.GpuHost.Execution.Binding;
using Hybrid.GpuHost.Tokenization;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Hybrid.GpuHost.Encoders;

/// <summary>Runs token sequences through an encoder as one padded batch, written where the model reads it.</summary>
public sealed class EncoderSession
{
    private readonly IEngineInstance _instance;
    private readonly int _padTokenId;
    private readonly long[] _dimensions;

    /// <exception cref="InvalidDataException">An input is of a type that token ids do not have.</exception>
    public EncoderSession(IEngineInstance instance, int padTokenId)
    {
        _instance = instance;
        _padTokenId = padTokenId;
        _dimensions = new long[2 * instance.Inputs.Count];
        if (instance.Inputs.FirstOrDefault(spec => spec.Type is not (TensorElementType.Int64 or TensorElementType.Int32)) is { } wrong)
        {
            throw new InvalidDataException($"Input '{wrong.Name}' is {wrong.Type}; encoders take int64 or int32.");
        }
    }

    /// <summary>The instance's outputs for [texts, longest]; they stand there until the next run.</summary>
    public BoundRun Run(ReadOnlySpan<EncodedText> texts, CancellationToken cancellationToken)
    {
        var width = LongestOf(texts);
        for (var i = 0; i < _dimensions.Length; i += 2)
        {
            (_dimensions[i], _dimensions[i + 1]) = (texts.Length, width);
        }

        var run = _instance.Bind(_dimensions);
        for (var i = 0; i < _instance.Inputs.Count; i++)
        {
            var spec = _instance.Inputs[i];
            if (spec.Type == TensorElementType.Int64)
            {
                Fill(spec.Name, texts, MemoryMarshal.Cast<byte, long>(run.Input(i)), width);
            }
            else
            {
                Fill(spec.Name, texts, MemoryMarshal.Cast<byte, int>(run.Input(i)), width);
            }
        }

        _instance.Run(run, cancellationToken);
        return run;
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

    private void Fill<T>(string name, ReadOnlySpan<EncodedText> texts, Span<T> into, int width)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        var padding = name == EncoderInputs.InputIds ? T.CreateTruncating(_padTokenId) : T.Zero;
        for (var row = 0; row < texts.Length; row++)
        {
            var text = texts[row];
            var line = into.Slice(row * width, width);
            var tokens = line[..text.Ids.Length];
            line[text.Ids.Length..].Fill(padding);
            switch (name)
            {
                case EncoderInputs.InputIds:
                    TensorPrimitives.ConvertTruncating<int, T>(text.Ids, tokens);
                    break;
                case EncoderInputs.TokenTypeIds:
                    TensorPrimitives.ConvertTruncating<int, T>(text.TypeIds, tokens);
                    break;
                case EncoderInputs.PositionIds:
                    for (var i = 0; i < tokens.Length; i++)
                    {
                        tokens[i] = T.CreateTruncating(i);
                    }

                    break;
                default:
                    tokens.Fill(T.One);
                    break;
            }
        }
    }
}
