using System.Text;
using Hybrid.Orchestrations.Caching.Memory;
using Microsoft.Extensions.Options;

namespace Hybrid.Orchestrations.Caching;

/// <summary>
/// The statuses of runs that have ended, as they were answered, in this process's memory. An ended run changes only when it is
/// restarted or purged; whoever does that waits here until no process can have the old status any more, and only then says that it is done.
/// </summary>
public sealed class EndedRuns
{
    private readonly MemoryTier _memory;
    private readonly CachingMetrics _metrics;
    private readonly CachingOptions _options;
    private readonly TimeProvider _time;

    internal EndedRuns(MemoryTier memory, CachingMetrics metrics, IOptions<CachingOptions> options, TimeProvider time)
    {
        _memory = memory;
        _metrics = metrics;
        _options = options.Value;
        _time = time;
    }

    /// <summary>The status, or null when it has to be read. The caller has made sure that the run is the tenant's.</summary>
    public byte[]? Find(string tenant, string id)
    {
        if (!IsOn)
        {
            return null;
        }

        var key = KeyOf(tenant, id);
        var status = _memory.Find(key);
        _metrics.Found(CachingMetrics.Memory, key, status is not null);
        return status;
    }

    /// <param name="tenant">Whose run it is.</param>
    /// <param name="id">The run.</param>
    /// <param name="status">Of a run that has ended.</param>
    /// <param name="readAt">A timestamp from before it was read: its life begins there.</param>
    public void Keep(string tenant, string id, byte[] status, long readAt)
    {
        if (IsOn)
        {
            _memory.Set(KeyOf(tenant, id), status, _options.RunStatusLife - _time.GetElapsedTime(readAt));
        }
    }

    /// <summary>Ends when no process has the run's old status any more.</summary>
    public Task ForgetAsync(string tenant, string id, CancellationToken cancellation)
    {
        _memory.Remove(KeyOf(tenant, id));
        // Also where this process keeps none itself: others may.
        return Task.Delay(_options.RunStatusLife, _time, cancellation);
    }

    private bool IsOn => _options.Enabled && _options.RunStatusLife > TimeSpan.Zero;

    private static CacheKey KeyOf(string tenant, string id) => CacheKey.Of(CacheKind.RunStatus, tenant, "", 0, Encoding.UTF8.GetBytes(id));
}
