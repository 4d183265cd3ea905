using Hybrid.Contracts.Tasks;
using Hybrid.Orchestrations.Caching.Versions;
using Hybrid.Orchestrations.Dispatch;

namespace Hybrid.Orchestrations.Caching.Tasks;

/// <summary>Whole answers, where the same question gets the same one: the likeliest token always, or dice with a given seed.</summary>
internal sealed class CachedGeneration(GpuPool pool, TieredCache<GenerateReply> cache, ServedVersions versions)
    : CachedTask<GenerateRequest, GenerateReply>(CacheKind.Generation, cache, versions)
{
    protected override string ModelOf(GenerateRequest request) => request.Model;

    protected override int VersionOf(GenerateReply reply) => reply.Version;

    protected override int Count(GenerateRequest request) => 1;

    protected override bool IsRepeatable(GenerateRequest request) => IsGreedy(request.Sampling) || request.Sampling.Seed is not null;

    // Without dice a seed changes nothing.
    protected override GenerateRequest Select(GenerateRequest request, IReadOnlyList<int> places) =>
        IsGreedy(request.Sampling) ? request with { Sampling = request.Sampling with { Seed = null } } : request;

    protected override GenerateReply[] Split(GenerateReply reply) => [reply with { Timings = default }];

    protected override GenerateReply Join(IReadOnlyList<GenerateReply> parts) => parts[0];

    protected override Task<GenerateReply> CallAsync(GenerateRequest request, PoolCall call, CancellationToken cancellation) =>
        pool.GenerateAsync(request, call, cancellation);

    private static bool IsGreedy(Sampling sampling) => sampling.Temperature == 0 || sampling.TopK == 1;
}
