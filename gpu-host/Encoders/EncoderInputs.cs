using Hybrid.GpuHost.Execution;

namespace Hybrid.GpuHost.Encoders;

/// <summary>The names that encoders give their inputs (Hugging Face Optimum).</summary>
public static class EncoderInputs
{
    public const string InputIds = "input_ids";
    public const string AttentionMask = "attention_mask";
    public const string TokenTypeIds = "token_type_ids";
    public const string PositionIds = "position_ids";

    private static readonly string[] Known = [InputIds, AttentionMask, TokenTypeIds, PositionIds];

    /// <summary>Whether tokens alone are enough to run this model.</summary>
    public static bool Fit(ModelSignature signature) =>
        signature.Input(InputIds) is not null && signature.Inputs.All(input => Known.Contains(input.Name));
}
