using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.StackExchangeRedis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Hybrid.Orchestrations.Caching.Redis;

/// <summary>
/// The connection to Redis and whether it can be relied on. Whatever fails or takes too long puts it aside at once, so that nobody
/// else waits; <see cref="RedisMonitor"/> takes it back when it answers a ping. While it is aside nothing is even tried.
/// </summary>
internal sealed class RedisLink(IOptions<CachingOptions> options, CachingMetrics metrics, TimeProvider time, ILogger<RedisLink> logger) : IAsyncDisposable
{
    private readonly RedisOptions _options = options.Value.Redis;
    private readonly Lock _change = new();
    private readonly SemaphoreSlim _underway = new(MostUnderway);
    private volatile Connected? _connected;
    private volatile bool _isUsable;
    private bool _reportedLost;

    /// <summary>The last exchange went well.</summary>
    public bool IsUsable => _isUsable;

    /// <summary>One exchange with the cache or the database behind it, within the time that Redis has.</summary>
    /// <returns>What came back; null when Redis is not there, failed or took too long.</returns>
    public async Task<Reply<T>?> TryAsync<T>(Func<IDistributedCache, IDatabase, CancellationToken, Task<T>> exchange, CancellationToken cancellation)
    {
        if (!_isUsable)
        {
            return null;
        }

        await _underway.WaitAsync(cancellation);
        try
        {
            // Whoever was in line while Redis failed does not try it again.
            if (!_isUsable || _connected is not { } connected)
            {
                return null;
            }

            var reply = exchange(connected.Cache, connected.Multiplexer.GetDatabase(), cancellation);
            return new Reply<T>(await reply.WaitAsync(_options.Timeout, time, cancellation));
        }
        catch (Exception exception) when (IsFailure(exception, cancellation))
        {
            metrics.RedisFailed();
            Lose(exception);
            return null;
        }
        finally
        {
            _underway.Release();
        }
    }

    public void Connect(IConnectionMultiplexer multiplexer)
    {
        var cache = new RedisCache(Options.Create(new RedisCacheOptions
        {
            InstanceName = RedisKeys.Prefix,
            ConnectionMultiplexerFactory = () => Task.FromResult(multiplexer),
        }));
        _connected = new Connected(multiplexer, cache);
    }

    /// <summary>Asks Redis whether it is there, and notes the answer.</summary>
    public async Task PingAsync(CancellationToken cancellation)
    {
        try
        {
            await _connected!.Multiplexer.GetDatabase().PingAsync().WaitAsync(_options.Timeout, time, cancellation);
            Regain();
        }
        catch (Exception exception) when (IsFailure(exception, cancellation))
        {
            Lose(exception);
        }
    }

    /// <summary>Notes that Redis does not answer; said in the log only when it did before.</summary>
    public void Lose(Exception reason)
    {
        lock (_change)
        {
            _isUsable = false;
            if (_reportedLost)
            {
                return;
            }

            _reportedLost = true;
        }

        // The exception's text may name hosts and commands, but never what the connection string holds.
        Log.RedisLost(logger, reason.GetType().Name);
    }

    public async ValueTask DisposeAsync()
    {
        _isUsable = false;
        if (_connected is { } connected)
        {
            connected.Cache.Dispose();
            await connected.Multiplexer.DisposeAsync();
        }
    }

    // So few that each is answered within its time even behind all others; a batch of two thousand texts asks for as many at once.
    private const int MostUnderway = 256;

    private void Regain()
    {
        lock (_change)
        {
            if (_isUsable)
            {
                return;
            }

            _isUsable = true;
            _reportedLost = false;
        }

        Log.RedisUsed(logger);
    }

    // A caller who left is no failure of Redis; a cancellation of the client's own is one.
    private static bool IsFailure(Exception exception, CancellationToken caller) =>
        exception is TimeoutException or RedisException or ObjectDisposedException
        || (exception is OperationCanceledException && !caller.IsCancellationRequested);

    private sealed record Connected(IConnectionMultiplexer Multiplexer, RedisCache Cache);
}

/// <summary>What Redis answered; the answer itself may be null.</summary>
internal readonly record struct Reply<T>(T Value);
