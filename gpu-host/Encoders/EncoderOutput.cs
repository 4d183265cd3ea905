using Hybrid.GpuHost.Execution;

namespace Hybrid.GpuHost.Encoders;

/// <summary>Which output of an encoder holds its vectors.</summary>
public static class EncoderOutput
{
    // A model that pools by itself says so with the first name; the others hold one vector per token.
    private static readonly string[] Known = ["sentence_embedding", "last_hidden_state", "token_embeddings"];

    public static TensorSpec? Of(ModelSignature signature) => Known.Select(signature.Output).FirstOrDefault(spec => spec is not null);
}
