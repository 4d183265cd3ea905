using Hybrid.Contracts.Tasks;
using Hybrid.Orchestrations.Caching.Versions;
using Hybrid.Orchestrations.Dispatch;

namespace Hybrid.Orchestrations.Caching.Tasks;

/// <summary>Embeddings text by text: of a batch in which most texts are known, only the others are computed.</summary>
internal sealed class CachedEmbedding(GpuPool pool, TieredCache<EmbedReply> cache, ServedVersions versions)
    : CachedTask<EmbedRequest, EmbedReply>(CacheKind.Embedding, cache, versions)
{
    protected override string ModelOf(EmbedRequest request) => request.Model;

    protected override int VersionOf(EmbedReply reply) => reply.Version;

    protected override int Count(EmbedRequest request) => request.Inputs.Count;

    protected override EmbedRequest Select(EmbedRequest request, IReadOnlyList<int> places) =>
        request with { Inputs = [.. places.Select(place => request.Inputs[place])] };

    protected override EmbedReply[] Split(EmbedReply reply)
    {
        var counts = TokenShares.Of(reply.TokenCounts, reply.TokenCount, reply.Count);
        return [.. counts.Select((count, i) => reply with { Vectors = reply.Vector(i), TokenCount = count, TokenCounts = [count], Timings = default })];
    }

    protected override EmbedReply Join(IReadOnlyList<EmbedReply> parts)
    {
        var dimensions = parts[0].Dimensions;
        var vectors = new float[parts.Count * dimensions];
        for (var i = 0; i < parts.Count; i++)
        {
            parts[i].Vectors.CopyTo(vectors.AsMemory(i * dimensions, dimensions));
        }

        int[] counts = [.. parts.Select(part => part.TokenCount)];
        return parts[0] with { Vectors = vectors, TokenCount = counts.Sum(), TokenCounts = counts };
    }

    protected override Task<EmbedReply> CallAsync(EmbedRequest request, PoolCall call, CancellationToken cancellation) =>
        pool.EmbedAsync(request, call, cancellation);
}
