using System.Diagnostics;
using System.Diagnostics.Metrics;
using Hybrid.Orchestrations.Telemetry;

namespace Hybrid.Orchestrations.Caching;

/// <summary>
/// What the caches did. Labels hold tenants that are configured, and names of models that are served: input from outside makes no series.
/// </summary>
internal sealed class CachingMetrics
{
    private readonly Meter _meter;
    private readonly TenantLabels _tenants;
    private readonly Counter<long> _hits;
    private readonly Counter<long> _misses;
    private readonly Counter<long> _evictions;
    private readonly Counter<long> _redisFailures;
    private readonly Counter<long> _collapsed;
    private readonly Counter<long> _absentIds;
    private readonly Histogram<double> _lockWaits;

    public CachingMetrics(IMeterFactory meters, TenantLabels tenants)
    {
        _tenants = tenants;
        _meter = meters.Create(RunMetrics.MeterName);
        _hits = _meter.CreateCounter<long>("cache.hits", null, "Entries found.");
        _misses = _meter.CreateCounter<long>("cache.misses", null, "Entries looked for and not found.");
        _evictions = _meter.CreateCounter<long>("cache.evictions", null, "Entries that left memory before their time, for want of room.");
        _redisFailures = _meter.CreateCounter<long>("cache.redis.failures", null, "Exchanges with Redis that failed or took too long.");
        _collapsed = _meter.CreateCounter<long>("cache.collapsed", null, "Entries that a request got from another one's computation.");
        _absentIds = _meter.CreateCounter<long>("cache.absent_ids", null, "Lookups answered by the filter for what cannot exist.");
        _lockWaits = _meter.CreateHistogram(
            "cache.lock.wait.duration",
            "s",
            "Time that a process waited for another one's computation.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });
    }

    /// <summary>Reports what the memory tier holds, whenever somebody looks.</summary>
    public void ObserveMemory(Func<long> bytes) =>
        _meter.CreateObservableGauge("cache.memory.size", bytes, "By", "Bytes that entries in memory count for.");

    public void Found(string cache, CacheKey key, bool hit) => (hit ? _hits : _misses).Add(1, Labels(cache, key));

    public void Evicted() => _evictions.Add(1);

    public void RedisFailed() => _redisFailures.Add(1);

    public void Collapsed(CacheKey key) => _collapsed.Add(1, Labels(Memory, key));

    public void WasAbsent(string what) => _absentIds.Add(1, new KeyValuePair<string, object?>("cache_type", what));

    public void WaitedForLock(TimeSpan time) => _lockWaits.Record(time.TotalSeconds);

    /// <summary>This process's memory.</summary>
    public const string Memory = "l1";

    /// <summary>Redis.</summary>
    public const string Shared = "l2";

    private TagList Labels(string cache, CacheKey key) => new()
    {
        { "cache", cache },
        { "tenant", _tenants.Of(key.Tenant) },
        { "cache_type", key.Kind.ToName() },
        { "key_prefix", key.Prefix },
    };
}
