using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Internal;
using Microsoft.Extensions.Options;

namespace Hybrid.Orchestrations.Caching.Memory;

/// <summary>
/// Answers in this process's memory, as encoded bytes: what they count for is what they take, and nobody can change them. The
/// least recently used go when there is no room.
/// </summary>
internal sealed class MemoryTier : IDisposable
{
    private readonly CachingMetrics _metrics;
    private readonly CachingOptions _options;
    private readonly MemoryCache _entries;

    public MemoryTier(IOptions<CachingOptions> options, CachingMetrics metrics, TimeProvider time)
    {
        _options = options.Value;
        _metrics = metrics;
        _entries = new MemoryCache(new MemoryCacheOptions
        {
            SizeLimit = _options.MemoryBytes,
            // A tenth at once: room is made by sorting all entries, which should not happen for every new one.
            CompactionPercentage = 0.1,
            TrackStatistics = true,
            Clock = new Clock(time),
        });
        metrics.ObserveMemory(() => Bytes);
    }

    /// <summary>What the entries count for; never more than <see cref="CachingOptions.MemoryBytes"/>.</summary>
    public long Bytes => _entries.GetCurrentStatistics()?.CurrentEstimatedSize ?? 0;

    public byte[]? Find(CacheKey key) => _entries.Get<byte[]>(key.Text);

    public void Set(CacheKey key, byte[] value) => Set(key, value, _options.MemoryLife);

    /// <param name="key">Under what.</param>
    /// <param name="value">Must not change any more.</param>
    /// <param name="life">When it is forgotten; nothing is kept where this is not positive.</param>
    public void Set(CacheKey key, byte[] value, TimeSpan life)
    {
        if (value.Length > _options.MaxEntryBytes || life <= TimeSpan.Zero)
        {
            return;
        }

        using var entry = _entries.CreateEntry(key.Text);
        entry.Value = value;
        entry.Size = EntryBytes + (key.Text.Length * sizeof(char)) + value.Length;
        entry.AbsoluteExpirationRelativeToNow = life;
        entry.RegisterPostEvictionCallback(OnEvicted, _metrics);
    }

    public void Remove(CacheKey key) => _entries.Remove(key.Text);

    public void Dispose() => _entries.Dispose();

    // Measured: the entry with its callback, its place in the dictionary, and the headers of key and array.
    private const int EntryBytes = 384;

    private static void OnEvicted(object key, object? value, EvictionReason reason, object? state)
    {
        if (reason == EvictionReason.Capacity)
        {
            ((CachingMetrics)state!).Evicted();
        }
    }

    private sealed class Clock(TimeProvider time) : ISystemClock
    {
        public DateTimeOffset UtcNow => time.GetUtcNow();
    }
}
