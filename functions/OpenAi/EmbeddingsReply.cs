using System.Text.Json.Serialization;
using Hybrid.Contracts.Tasks;

namespace Hybrid.Functions.OpenAi;

/// <summary>The answer of <c>POST /v1/embeddings</c>.</summary>
internal sealed record EmbeddingsReply(string Object, IReadOnlyList<EmbeddingItem> Data, string Model, EmbeddingsUsage Usage)
{
    public static EmbeddingsReply Of(EmbedReply reply, bool asBase64) => new(
        "list",
        [.. Enumerable.Range(0, reply.Count).Select(i => new EmbeddingItem("embedding", i, new EmbeddingVector(reply.Vector(i), asBase64)))],
        reply.Model,
        new EmbeddingsUsage(reply.TokenCount, reply.TokenCount));
}

/// <param name="Object">Always <c>embedding</c>.</param>
/// <param name="Index">Which input it is of.</param>
/// <param name="Embedding">The vector.</param>
internal sealed record EmbeddingItem(string Object, int Index, EmbeddingVector Embedding);

/// <summary>A vector in the form that the client asked for; read where it was received.</summary>
/// <param name="Values">Its values.</param>
/// <param name="AsBase64">As base64 of little-endian float32 instead of numbers.</param>
[JsonConverter(typeof(EmbeddingVectorConverter))]
internal readonly record struct EmbeddingVector(ReadOnlyMemory<float> Values, bool AsBase64);

internal sealed record EmbeddingsUsage(int PromptTokens, int TotalTokens);
