using System.Security.Cryptography;
using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Errors;
using Hybrid.Orchestrations.Caching.Versions;
using Hybrid.Orchestrations.Dispatch;

namespace Hybrid.Orchestrations.Caching.Tasks;

/// <summary>
/// A task whose answer is kept part by part: what a request asks is split, what is known is taken from the cache, the rest is asked of
/// the hosts in one call, and all of it is put together again. One answer is always of one version.
/// </summary>
internal abstract class CachedTask<TRequest, TReply>(CacheKind kind, TieredCache<TReply> cache, ServedVersions versions)
    where TRequest : class, IWire<TRequest>
    where TReply : class, IWire<TReply>
{
    public Task<Cached<TReply>> RunAsync(TRequest request, PoolCall call, CacheUse use, CancellationToken cancellation) =>
        use == CacheUse.None || Count(request) == 0 || !IsRepeatable(request)
            ? UncachedAsync(request, call, use, cancellation)
            : call.Deadline.RunAsync("The request", token => CachedAsync(request, call, use, token), cancellation);

    protected abstract string ModelOf(TRequest request);

    protected abstract int VersionOf(TReply reply);

    /// <summary>How many parts a request asks for.</summary>
    protected abstract int Count(TRequest request);

    /// <summary>Whether the same request would be answered the same.</summary>
    protected virtual bool IsRepeatable(TRequest request) => true;

    /// <summary>The same request for some of its parts; with a single one, what tells this part from all others.</summary>
    protected abstract TRequest Select(TRequest request, IReadOnlyList<int> places);

    /// <summary>A reply as if each part had been asked for alone.</summary>
    protected abstract TReply[] Split(TReply reply);

    /// <summary>The parts as if they had been asked for together.</summary>
    protected abstract TReply Join(IReadOnlyList<TReply> parts);

    protected abstract Task<TReply> CallAsync(TRequest request, PoolCall call, CancellationToken cancellation);

    // A version that changes between two tries is a rollout; one that changes again is two hosts that take turns.
    private const int MaxTries = 3;

    private async Task<Cached<TReply>> UncachedAsync(TRequest request, PoolCall call, CacheUse use, CancellationToken cancellation) =>
        new(await CallAsync(request, call, cancellation), new CacheStatus { Use = use });

    private async Task<Cached<TReply>> CachedAsync(TRequest request, PoolCall call, CacheUse use, CancellationToken cancellation)
    {
        var model = ModelOf(request);
        var hashes = Enumerable.Range(0, Count(request))
            .Select(place => Convert.ToHexStringLower(SHA256.HashData(Wire.Encode(Select(request, [place])))))
            .ToArray();
        var origin = new Origin<TReply>(
            (places, token) => ComputeAsync(request, places, call, token),
            (place, part) => CacheKey.Of(kind, call.Tenant, model, VersionOf(part), hashes[place]));

        // Without a version there is no key to look under; the reply will tell it.
        var version = await versions.FindAsync(model, cancellation);
        for (var attempt = 1; attempt <= MaxTries; attempt++)
        {
            var parts = version is not { } known || use == CacheUse.Refresh
                ? await cache.RefreshAsync(hashes.Length, origin, cancellation)
                : await cache.GetAsync([.. hashes.Select(hash => CacheKey.Of(kind, call.Tenant, model, known, hash))], origin, cancellation);
            var other = parts.Select(part => VersionOf(part.Value)).FirstOrDefault(found => found != version, -1);
            if (other < 0 || parts.All(part => VersionOf(part.Value) == other))
            {
                return new Cached<TReply>(Join([.. parts.Select(part => part.Value)]), StatusOf(parts, use));
            }

            version = other;
        }

        return await UncachedAsync(request, call, use, cancellation);
    }

    private async Task<TReply[]> ComputeAsync(TRequest request, IReadOnlyList<int> places, PoolCall call, CancellationToken cancellation)
    {
        try
        {
            var reply = await CallAsync(places.Count == Count(request) ? request : Select(request, places), call, cancellation);
            versions.Note(ModelOf(request), VersionOf(reply));
            return Split(reply);
        }
        catch (HybridException exception) when (ItemErrors.TryRelocate(exception.Error, places, out var relocated))
        {
            throw new HybridException(relocated, exception);
        }
    }

    private static CacheStatus StatusOf(Part<TReply>[] parts, CacheUse use) => new(
        parts.Length,
        parts.Count(part => part.Source == PartSource.Memory),
        parts.Count(part => part.Source == PartSource.Redis),
        parts.Count(part => part.Source == PartSource.Collapsed),
        use);
}
