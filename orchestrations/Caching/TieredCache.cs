using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Errors;
using Hybrid.Orchestrations.Caching.Flights;
using Hybrid.Orchestrations.Caching.Memory;
using Hybrid.Orchestrations.Caching.Redis;
using Microsoft.Extensions.Options;

namespace Hybrid.Orchestrations.Caching;

/// <summary>
/// Parts of answers of one kind. The way of what is asked for: (1) this process's memory; (2) somebody in this process who computes it
/// already; (3) Redis; (4) somebody in another process who computes it; (5) its origin. Whatever is broken on the way is skipped.
/// </summary>
internal sealed class TieredCache<T>(
    MemoryTier memory, RedisTier redis, CachingMetrics metrics, IOptions<CachingOptions> options, TimeProvider time)
    where T : class, IWire<T>
{
    // An index in an error is a place in the first caller's request; others may not even have that text in theirs.
    private readonly SingleFlight<Part<T>> _flights = new(failure =>
        failure is HybridException { Error: var error }
        && (error.Code == ErrorCode.DeadlineExceeded || error.Param?.Contains('[', StringComparison.Ordinal) == true));

    /// <param name="keys">What is wanted.</param>
    /// <param name="origin">Who computes what is missing.</param>
    /// <param name="cancellation">The caller's deadline or wish to leave; what others wait for too goes on.</param>
    /// <returns>One part per key.</returns>
    public async Task<Part<T>[]> GetAsync(IReadOnlyList<CacheKey> keys, Origin<T> origin, CancellationToken cancellation)
    {
        var parts = new Part<T>?[keys.Count];
        for (var i = 0; i < keys.Count; i++)
        {
            parts[i] = FindInMemory(keys[i]);
            metrics.Found(CachingMetrics.Memory, keys[i], parts[i] is not null);
        }

        var missing = Missing(parts);
        if (missing.Count > 0)
        {
            var landed = await _flights.RunAsync(
                [.. missing.Select(i => keys[i].Text)],
                (rows, token) => FillAsync([.. rows.Select(row => missing[row])], keys, origin, token),
                cancellation);
            for (var i = 0; i < missing.Count; i++)
            {
                parts[missing[i]] = landed[i].Joined ? Joined(keys[missing[i]], landed[i].Value) : landed[i].Value;
            }
        }

        return Array.ConvertAll(parts, part => part!.Value);
    }

    /// <summary>Computes anew, whatever is kept, and keeps that.</summary>
    public async Task<Part<T>[]> RefreshAsync(int count, Origin<T> origin, CancellationToken cancellation) =>
        await ComputeAsync([.. Enumerable.Range(0, count)], origin, cancellation);

    private async Task<Part<T>[]> FillAsync(IReadOnlyList<int> wanted, IReadOnlyList<CacheKey> keys, Origin<T> origin, CancellationToken cancellation)
    {
        // Memory once more: the flight before this one may have landed after its caller looked there.
        var parts = new Dictionary<int, Part<T>>();
        foreach (var i in wanted)
        {
            if (FindInMemory(keys[i]) is { } part)
            {
                parts[i] = part;
            }
        }

        if (redis.IsUsable)
        {
            await FindInRedisAsync(wanted, keys, parts, counted: true, cancellation);
            await FillWithLocksAsync(wanted, keys, origin, parts, cancellation);
        }

        await ComputeMissingAsync([.. wanted.Where(i => !parts.ContainsKey(i))], origin, parts, cancellation);
        return [.. wanted.Select(i => parts[i])];
    }

    /// <summary>
    /// Computes what this process could lock, and then waits for what others compute. Its own part comes first, so that two processes
    /// that wait for each other's keys both get on.
    /// </summary>
    private async Task FillWithLocksAsync(
        IReadOnlyList<int> wanted, IReadOnlyList<CacheKey> keys, Origin<T> origin, Dictionary<int, Part<T>> parts, CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        var pause = FirstPause;
        while (true)
        {
            int[] missing = [.. wanted.Where(i => !parts.ContainsKey(i))];
            var locking = Task.WhenAll(missing.Select(i => redis.TryLockAsync(keys[i])));
            try
            {
                // Sent behind the locks, so that what their last holder wrote before it gave them back is found.
                await FindInRedisAsync(wanted, keys, parts, counted: false, cancellation);
                var locks = await locking;
                await ComputeMissingAsync([.. missing.Where((i, place) => locks[place].MayCompute && !parts.ContainsKey(i))], origin, parts, cancellation);
            }
            finally
            {
                var locks = await locking;
                await Task.WhenAll(missing.Select((i, place) => redis.UnlockAsync(keys[i], locks[place])));
            }

            if (wanted.All(parts.ContainsKey) || time.GetElapsedTime(began) >= options.Value.LockLife)
            {
                break;
            }

            await Task.Delay(pause, time, cancellation);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }

        if (pause > FirstPause)
        {
            metrics.WaitedForLock(time.GetElapsedTime(began));
        }
    }

    private async Task FindInRedisAsync(
        IReadOnlyList<int> wanted, IReadOnlyList<CacheKey> keys, Dictionary<int, Part<T>> parts, bool counted, CancellationToken cancellation)
    {
        int[] missing = [.. wanted.Where(i => !parts.ContainsKey(i))];
        var found = await Task.WhenAll(missing.Select(i => redis.GetAsync(keys[i], cancellation)));
        for (var i = 0; i < missing.Length; i++)
        {
            var value = found[i] is { } bytes ? Decode(bytes) : null;
            if (counted)
            {
                metrics.Found(CachingMetrics.Shared, keys[missing[i]], value is not null);
            }

            if (value is not null)
            {
                memory.Set(keys[missing[i]], found[i]!.Value.ToArray());
                parts[missing[i]] = new Part<T>(value, PartSource.Redis);
            }
        }
    }

    private async Task ComputeMissingAsync(IReadOnlyList<int> rows, Origin<T> origin, Dictionary<int, Part<T>> parts, CancellationToken cancellation)
    {
        if (rows.Count > 0)
        {
            var computed = await ComputeAsync(rows, origin, cancellation);
            for (var i = 0; i < rows.Count; i++)
            {
                parts[rows[i]] = computed[i];
            }
        }
    }

    private async Task<Part<T>[]> ComputeAsync(IReadOnlyList<int> rows, Origin<T> origin, CancellationToken cancellation)
    {
        var values = await origin.ComputeAsync(rows, cancellation);
        await Task.WhenAll(rows.Select((row, i) => KeepAsync(origin.KeyOf(row, values[i]), values[i], cancellation)));
        return Array.ConvertAll(values, value => new Part<T>(value, PartSource.Computed));
    }

    private Task KeepAsync(CacheKey key, T value, CancellationToken cancellation)
    {
        var bytes = Wire.Encode(value);
        memory.Set(key, bytes);
        return bytes.Length <= options.Value.MaxEntryBytes ? redis.SetAsync(key, bytes, cancellation) : Task.CompletedTask;
    }

    private Part<T>? FindInMemory(CacheKey key) =>
        memory.Find(key) is { } bytes && Decode(bytes) is { } value ? new Part<T>(value, PartSource.Memory) : null;

    private Part<T> Joined(CacheKey key, Part<T> part)
    {
        metrics.Collapsed(key);
        return part.Source == PartSource.Computed ? part with { Source = PartSource.Collapsed } : part;
    }

    private static List<int> Missing(Part<T>?[] parts) => [.. Enumerable.Range(0, parts.Length).Where(i => parts[i] is null)];

    private static T? Decode(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return Wire.Decode<T>(bytes);
        }
        catch (HybridException)
        {
            // Of another build, or damaged: as if it were not there.
            return null;
        }
    }

    // From about one exchange with Redis to what nobody notices in a generation.
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(5);

    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(50);
}
