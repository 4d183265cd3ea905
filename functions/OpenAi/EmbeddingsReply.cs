using System.Runtime.InteropServices;
using Hybrid.Contracts.Tasks;

namespace Hybrid.Functions.OpenAi;

/// <summary>The answer of <c>POST /v1/embeddings</c>.</summary>
internal sealed record EmbeddingsReply(string Object, IReadOnlyList<EmbeddingItem> Data, string Model, EmbeddingsUsage Usage)
{
    public static EmbeddingsReply Of(EmbedReply reply, bool asBase64) => new(
        "list",
        [.. Enumerable.Range(0, reply.Count).Select(i => EmbeddingItem.Of(i, reply.Vector(i), asBase64))],
        reply.Model,
        new EmbeddingsUsage(reply.TokenCount, reply.TokenCount));
}

/// <param name="Object">Always <c>embedding</c>.</param>
/// <param name="Index">Which input it is of.</param>
/// <param name="Embedding">Numbers, or base64 of little-endian float32.</param>
internal sealed record EmbeddingItem(string Object, int Index, object Embedding)
{
    public static EmbeddingItem Of(int index, ReadOnlyMemory<float> vector, bool asBase64) =>
        new("embedding", index, asBase64 ? Convert.ToBase64String(MemoryMarshal.AsBytes(vector.Span)) : vector);
}

internal sealed record EmbeddingsUsage(int PromptTokens, int TotalTokens);
