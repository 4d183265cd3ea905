using Hybrid.Contracts.Tasks;
using Hybrid.Orchestrations.Caching.Versions;
using Hybrid.Orchestrations.Dispatch;

namespace Hybrid.Orchestrations.Caching.Tasks;

/// <summary>
/// Scores pair by pair: a cross-encoder reads a query with one passage and knows nothing of the others, and two retrievals for one
/// question share most of their passages but seldom all.
/// </summary>
internal sealed class CachedRerank(GpuPool pool, TieredCache<RerankReply> cache, ServedVersions versions)
    : CachedTask<RerankRequest, RerankReply>(CacheKind.Rerank, cache, versions)
{
    protected override string ModelOf(RerankRequest request) => request.Model;

    protected override int VersionOf(RerankReply reply) => reply.Version;

    protected override int Count(RerankRequest request) => request.Passages.Count;

    protected override RerankRequest Select(RerankRequest request, IReadOnlyList<int> places) =>
        request with { Passages = [.. places.Select(place => request.Passages[place])] };

    protected override RerankReply[] Split(RerankReply reply)
    {
        var counts = TokenShares.Of(reply.TokenCounts, reply.TokenCount, reply.Scores.Count);
        return [.. counts.Select((count, i) => reply with { Scores = [reply.Scores[i]], TokenCount = count, TokenCounts = [count], Timings = default })];
    }

    protected override RerankReply Join(IReadOnlyList<RerankReply> parts)
    {
        int[] counts = [.. parts.Select(part => part.TokenCount)];
        return parts[0] with { Scores = [.. parts.Select(part => part.Scores[0])], TokenCount = counts.Sum(), TokenCounts = counts };
    }

    protected override Task<RerankReply> CallAsync(RerankRequest request, PoolCall call, CancellationToken cancellation) =>
        pool.RerankAsync(request, call, cancellation);
}
