using System.Globalization;
using Hybrid.GpuHost.Execution;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Hybrid.GpuHost.Generation.Decoding;

/// <summary>The inputs and outputs of a decoder as Hugging Face Optimum names them.</summary>
/// <param name="Past">Inputs <c>past_key_values.{i}.key|value</c>, [batch, heads, past, head size].</param>
/// <param name="Present">The outputs <c>present.{i}.key|value</c> that become them in the next run, in the same order.</param>
/// <param name="TakesMask">Whether there is an <c>attention_mask</c>.</param>
/// <param name="TakesPositions">Whether there are <c>position_ids</c>.</param>
internal sealed record DecoderLayout(IReadOnlyList<TensorSpec> Past, IReadOnlyList<string> Present, bool TakesMask, bool TakesPositions)
{
    public const string InputIds = "input_ids";
    public const string AttentionMask = "attention_mask";
    public const string PositionIds = "position_ids";
    public const string Logits = "logits";

    private const string PastPrefix = "past_key_values.";
    private const string PresentPrefix = "present.";

    /// <summary>
    /// Whether texts of different lengths can share a run: the shorter is filled up with masked tokens, which must not count in the
    /// positions of those after them.
    /// </summary>
    public bool CanPad => TakesMask && TakesPositions;

    /// <exception cref="InvalidDataException">The graph is no decoder of this form; the message says what is missing or unknown.</exception>
    public static DecoderLayout Of(ModelSignature signature)
    {
        var past = signature.Inputs.Where(input => input.Name.StartsWith(PastPrefix, StringComparison.Ordinal)).ToArray();
        var present = Array.ConvertAll(past, input => PresentPrefix + input.Name[PastPrefix.Length..]);
        foreach (var spec in past)
        {
            if (spec.Shape is not [_, > 0, _, > 0] || spec.Type is not (TensorElementType.Float or TensorElementType.Float16))
            {
                var shape = string.Join(", ", spec.Shape.Select(length => length.ToString(CultureInfo.InvariantCulture)));
                throw new InvalidDataException($"'{spec.Name}' is {spec.Type} [{shape}]; [batch, heads, past, head size] of float or float16 with known heads and head size is served.");
            }
        }

        RequireOutput(signature, Logits);
        Array.ForEach(present, name => RequireOutput(signature, name));
        var known = new HashSet<string>([InputIds, AttentionMask, PositionIds, .. past.Select(spec => spec.Name)]);
        foreach (var input in signature.Inputs)
        {
            if (!known.Contains(input.Name))
            {
                throw new InvalidDataException($"The decoder has an input '{input.Name}' that is not served.");
            }

            if (!input.Name.StartsWith(PastPrefix, StringComparison.Ordinal) && input.Type != TensorElementType.Int64)
            {
                throw new InvalidDataException($"'{input.Name}' is {input.Type}; int64 is served.");
            }
        }

        return new DecoderLayout(past, present, signature.Input(AttentionMask) is not null, signature.Input(PositionIds) is not null);
    }

    private static void RequireOutput(ModelSignature signature, string name)
    {
        if (signature.Output(name) is null)
        {
            throw new InvalidDataException($"The decoder has no output '{name}'.");
        }
    }
}
