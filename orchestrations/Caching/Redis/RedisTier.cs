using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Options;

namespace Hybrid.Orchestrations.Caching.Redis;

/// <summary>
/// Answers that all processes share, and the short locks by which one of them computes what several want. Nothing here fails: what
/// Redis cannot do now is a miss, or a lock that nobody holds.
/// </summary>
internal sealed class RedisTier(RedisLink link, IOptions<CachingOptions> options)
{
    private readonly CachingOptions _options = options.Value;

    public bool IsUsable => link.IsUsable;

    /// <summary>The entry as it was written; null when there is none, or one that is damaged or was written under another key.</summary>
    public async Task<ReadOnlyMemory<byte>?> GetAsync(CacheKey key, CancellationToken cancellation)
    {
        var reply = await link.TryAsync((cache, _, token) => cache.GetAsync(key.Text, token), cancellation);
        return reply?.Value is { Length: >= SealBytes } stored && Seal(key, stored.AsSpan(SealBytes)).AsSpan().SequenceEqual(stored.AsSpan(0, SealBytes))
            ? stored.AsMemory(SealBytes)
            : null;
    }

    public Task SetAsync(CacheKey key, byte[] value, CancellationToken cancellation)
    {
        byte[] stored = [.. Seal(key, value), .. value];
        var life = new DistributedCacheEntryOptions { AbsoluteExpirationRelativeToNow = _options.SharedLife };
        return link.TryAsync(
            async (cache, _, token) =>
            {
                await cache.SetAsync(key.Text, stored, life, token);
                return true;
            },
            cancellation);
    }

    /// <summary>Tries to become the one who computes this key; ends by itself after <see cref="CachingOptions.LockLife"/>.</summary>
    public async Task<KeyLock> TryLockAsync(CacheKey key)
    {
        var token = RandomNumberGenerator.GetHexString(32);
        // Not the request's cancellation, here and below: what was taken has to be known, so that it is given back.
        var reply = await link.TryAsync(
            (_, database, _) => database.LockTakeAsync(RedisKeys.Lock(key.Text), token, _options.LockLife), CancellationToken.None);
        return reply switch
        {
            null => KeyLock.NotNeeded,
            { Value: true } => new KeyLock(true, token),
            _ => KeyLock.OfAnother,
        };
    }

    /// <summary>Lets a lock go, unless it has ended and another process has it by now.</summary>
    public async Task UnlockAsync(CacheKey key, KeyLock held)
    {
        if (held.Token is { } token)
        {
            await link.TryAsync(
                (_, database, _) => database.ScriptEvaluateAsync(CompareAndDelete, [RedisKeys.Lock(key.Text)], [token]), CancellationToken.None);
        }
    }

    private const int SealBytes = 16;

    // One exchange, where the client's own LockRelease watches the key in a transaction.
    private const string CompareAndDelete = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else return 0 end";

    // Says that these bytes were written whole, and under this key.
    private static byte[] Seal(CacheKey key, ReadOnlySpan<byte> value)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(key.Text));
        hash.AppendData([0]);
        hash.AppendData(value);
        return hash.GetHashAndReset()[..SealBytes];
    }
}

/// <summary>Whether this process may compute a key now.</summary>
/// <param name="MayCompute">True for the holder, and where there is no Redis to ask.</param>
/// <param name="Token">What proves the holder; null where nothing is held.</param>
internal readonly record struct KeyLock(bool MayCompute, string? Token)
{
    public static readonly KeyLock NotNeeded = new(true, null);

    public static readonly KeyLock OfAnother = new(false, null);
}
