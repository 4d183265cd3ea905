using System.Diagnostics;
using Hybrid.Contracts.Tasks;
using Hybrid.Orchestrations.Caching;
using Hybrid.Orchestrations.Caching.Redis;
using Hybrid.Orchestrations.Caching.Versions;
using Hybrid.Orchestrations.Tests.Dispatch;
using Hybrid.Testing;
using StackExchange.Redis;

namespace Hybrid.Orchestrations.Tests.Caching;

/// <summary>Two sets of caches, each with everything of its own as two processes have it, over one real Redis.</summary>
public sealed class SharedCacheTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    // Longer than a request may take while Redis is broken, far shorter than a client's own patience.
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(3);

    // As short as a service has them, or shorter; for tests in which Redis or a process breaks.
    private static readonly (string, string)[] Impatient = [("Caching:LockLife", "00:00:00.500")];

    // A machine that many tests share may stop anybody for a while; where nothing is broken nothing shall seem to be.
    private static readonly (string, string)[] Patient = [("Caching:LockLife", "00:00:30"), ("Caching:Redis:Timeout", "00:00:10")];

    private CountingHost _host = null!;
    private RedisServer _redis = null!;
    private TestPool _one = null!;
    private TestPool _two = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await CountingHost.StartAsync();
        _redis = await RedisServer.StartAsync(Cancellation);
        _one = await PoolAsync(Patient);
        _two = await PoolAsync(Patient);
    }

    public async ValueTask DisposeAsync()
    {
        await _one.DisposeAsync();
        await _two.DisposeAsync();
        await _redis.DisposeAsync();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Answer_OfOneProcess_IsFoundByTheOther()
    {
        await EmbedAsync(_one, "a");
        var (reply, status) = await EmbedAsync(_two, "a");

        Assert.Equal("hybrid; hit; detail=redis", status.ToString());
        Assert.Equal(CountingHost.Vector("a", 1), reply.Vectors.ToArray());
        Assert.Equal("hybrid; hit; detail=memory", (await EmbedAsync(_two, "a")).Status.ToString());
        Assert.Single(_host.Computed);
    }

    [Fact]
    public async Task AThousandRequestsForOneKey_InTwoProcesses_AreOneComputation()
    {
        var gate = new TaskCompletionSource();
        _host.Hold = gate.Task;
        var callers = Enumerable.Range(0, 1_000).Select(i => Task.Run(() => EmbedAsync(i % 2 == 0 ? _one : _two, "one question"))).ToList();
        await Task.Delay(TimeSpan.FromMilliseconds(300), Cancellation);
        gate.SetResult();
        var answers = await Task.WhenAll(callers);

        Assert.Single(_host.Computed);
        Assert.All(answers, answer => Assert.Equal(CountingHost.Vector("one question", 1), answer.Reply.Vectors.ToArray()));
    }

    [Fact]
    public async Task BatchesThatOverlap_InTwoProcesses_ComputeEachTextOnce()
    {
        string[] texts = [.. Enumerable.Range(0, 40).Select(i => $"text {i}")];
        // Each waits for texts of the other.
        await Task.WhenAll(EmbedAsync(_one, [.. texts[..30].Reverse()]), EmbedAsync(_two, texts[10..]), EmbedAsync(_one, texts));

        Assert.Equal(texts.Order(), _host.Computed.Order());
    }

    [Fact]
    public async Task Batch_AsLargeAsTheApiTakes_IsSharedWhole()
    {
        string[] texts = [.. Enumerable.Range(0, 2_048).Select(i => $"text {i}")];
        var (computed, _) = await EmbedAsync(_one, texts);
        var (found, status) = await EmbedAsync(_two, texts);

        Assert.Equal("hybrid; hit; detail=redis", status.ToString());
        Assert.Equal(computed.Vectors.ToArray(), found.Vectors.ToArray());
    }

    [Fact]
    public async Task Answer_IsItsTenantsAlone()
    {
        await EmbedAsync(_one, "secret");

        var (_, theirs) = await _two.Get<CachedTasks>().EmbedAsync(Embed("secret"), _two.Call() with { Tenant = "other" }, CacheUse.Full, Cancellation);

        Assert.False(theirs.IsHit);
        Assert.Equal(2, _host.Computed.Count);
    }

    [Fact]
    public async Task Version_ThatChanged_IsNotAnsweredFromTheOldOne()
    {
        await EmbedAsync(_one, "a");
        _host.Version = 2;
        await _two.Get<ServedVersions>().RefreshAsync(Cancellation);

        Assert.Equal(2, (await EmbedAsync(_two, "a")).Reply.Version);
    }

    [Fact]
    public async Task Entry_ThatIsDamagedForeignOrOfAnotherKey_IsAMiss()
    {
        using var client = await ConnectionMultiplexer.ConnectAsync(_redis.ConnectionString);
        var entries = client.GetDatabase();
        foreach (var damage in (Func<byte[], byte[]>[])[bytes => [.. bytes[..^1], (byte)(bytes[^1] ^ 1)], bytes => bytes[..^3], _ => [], _ => "foreign"u8.ToArray()])
        {
            var text = $"text {Guid.NewGuid():N}";
            var key = await WrittenKeyAsync(client, () => EmbedAsync(_one, text));
            await entries.HashSetAsync(key, "data", damage((byte[])(await entries.HashGetAsync(key, "data"))!));

            Assert.Equal(CountingHost.Vector(text, 1), (await EmbedAsync(_two, text)).Reply.Vectors.ToArray());
        }

        var one = await WrittenKeyAsync(client, () => EmbedAsync(_one, "one"));
        var another = await WrittenKeyAsync(client, () => EmbedAsync(_one, "another"));
        await entries.HashSetAsync(one, "data", await entries.HashGetAsync(another, "data"));
        Assert.Equal(CountingHost.Vector("one", 1), (await EmbedAsync(_two, "one")).Reply.Vectors.ToArray());

        // Not even of the type that a cache would have written.
        var last = await WrittenKeyAsync(client, () => EmbedAsync(_one, "last"));
        await entries.KeyDeleteAsync(last);
        await entries.StringSetAsync(last, "foreign");
        Assert.Equal(CountingHost.Vector("last", 1), (await EmbedAsync(_two, "last")).Reply.Vectors.ToArray());
    }

    [Fact]
    public async Task Entry_EndsWithItsLife()
    {
        using var client = await ConnectionMultiplexer.ConnectAsync(_redis.ConnectionString);
        var key = await WrittenKeyAsync(client, () => EmbedAsync(_one, "a"));

        Assert.InRange((await client.GetDatabase().KeyTimeToLiveAsync(key))!.Value.TotalSeconds, 590, 600);
    }

    [Fact]
    public async Task Lock_OfAProcessThatDied_HoldsOthersUpNoLongerThanItsLife()
    {
        var key = CacheKey.Of(CacheKind.Embedding, "acme", CountingHost.Model, 1, Contracts.Codec.Wire.Encode(Embed("a")));
        await using var dying = await PoolAsync(Impatient);
        await using var living = await PoolAsync(Impatient);
        Assert.True((await dying.Get<RedisTier>().TryLockAsync(key)).MayCompute);

        var began = Stopwatch.GetTimestamp();
        await EmbedAsync(living, "a");

        // Half a second is the life of locks here.
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 0.3, 3);
    }

    [Fact]
    public async Task Lock_IsGivenBackByItsHolderAlone()
    {
        var key = CacheKey.Of(CacheKind.Embedding, "acme", CountingHost.Model, 1, "a"u8);
        var (ours, theirs) = (_one.Get<RedisTier>(), _two.Get<RedisTier>());
        var held = await ours.TryLockAsync(key);

        await theirs.UnlockAsync(key, new KeyLock(true, "guessed"));
        Assert.False((await theirs.TryLockAsync(key)).MayCompute);
        await ours.UnlockAsync(key, held);
        Assert.True((await theirs.TryLockAsync(key)).MayCompute);
    }

    [Fact]
    public async Task Redis_KilledUnderLoad_IsDoneWithout_AndUsedAgainWhenItIsBack() => await BreakUnderLoadAsync(
        () => _redis.KillAsync(),
        () => _redis.StartAgainAsync(Cancellation));

    [Fact]
    public async Task Redis_FrozenUnderLoad_IsDoneWithout_AndUsedAgainWhenItGoesOn() => await BreakUnderLoadAsync(
        () =>
        {
            _redis.Pause();
            return Task.CompletedTask;
        },
        () =>
        {
            _redis.Resume();
            return Task.CompletedTask;
        });

    [Fact]
    public async Task Redis_ThatIsNotThereAtTheStart_CostsNothing_AndIsUsedWhenItComes()
    {
        await _redis.KillAsync();
        await using var late = Pool(Impatient);
        await late.StartAsync();

        Assert.InRange((await TimeAsync(() => EmbedAsync(late, "a"))).TotalSeconds, 0, 1);
        await _redis.StartAgainAsync(Cancellation);
        await UsableAsync(late);
    }

    /// <summary>Everybody is answered, and quickly, before, while and after Redis is broken.</summary>
    private async Task BreakUnderLoadAsync(Func<Task> breakAsync, Func<Task> mendAsync)
    {
        await using var one = await PoolAsync(Impatient);
        await using var two = await PoolAsync(Impatient);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var answered = 0;
        var load = Enumerable.Range(0, 16).Select(client => Task.Run(async () =>
        {
            var slowest = TimeSpan.Zero;
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                var text = $"text {i % 50} of {client % 4} {i / 50}";
                var pool = client % 2 == 0 ? one : two;
                var took = await TimeAsync(async () => Assert.Equal(CountingHost.Vector(text, 1), (await EmbedAsync(pool, text)).Reply.Vectors.ToArray()));
                slowest = took > slowest ? took : slowest;
                Interlocked.Increment(ref answered);
            }

            return slowest;
        })).ToList();

        await AnsweredAsync(500);
        await breakAsync();
        await AnsweredAsync(2_000);
        Assert.False(one.Get<RedisLink>().IsUsable);
        var broken = await TimeAsync(() => EmbedAsync(one, "while it is broken"));
        await mendAsync();
        await UsableAsync(one);
        await UsableAsync(two);
        await AnsweredAsync(500);
        await stop.CancelAsync();
        var slowest = (await Task.WhenAll(load)).Max();

        Assert.InRange(slowest, TimeSpan.Zero, Quick);
        Assert.InRange(broken, TimeSpan.Zero, TimeSpan.FromMilliseconds(500));
        await EmbedAsync(one, "afterwards");
        Assert.Equal("hybrid; hit; detail=redis", (await EmbedAsync(two, "afterwards")).Status.ToString());

        async Task AnsweredAsync(int more)
        {
            var until = Volatile.Read(ref answered) + more;
            while (Volatile.Read(ref answered) < until && !load.Any(client => client.IsFaulted))
            {
                await Task.Delay(10, Cancellation);
            }
        }
    }

    private TestPool Pool((string, string)[] settings) => new(
        [_host.Host.Address],
        null,
        [("Caching:Redis:ConnectionString", _redis.ConnectionString), ("Caching:Redis:PingInterval", "00:00:00.100"), .. settings]);

    private async Task<TestPool> PoolAsync((string, string)[] settings)
    {
        var pool = Pool(settings);
        await pool.StartAsync();
        await UsableAsync(pool);
        return pool;
    }

    private static async Task UsableAsync(TestPool pool)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        while (!pool.Get<RedisLink>().IsUsable)
        {
            await Task.Delay(10, limit.Token);
        }
    }

    /// <summary>The entry that a call writes.</summary>
    private static async Task<RedisKey> WrittenKeyAsync(ConnectionMultiplexer client, Func<Task> call)
    {
        var server = client.GetServers().Single();
        var before = server.Keys().ToHashSet();
        await call();
        return server.Keys().Single(key => !before.Contains(key));
    }

    private static async Task<TimeSpan> TimeAsync(Func<Task> call)
    {
        var began = Stopwatch.GetTimestamp();
        await call();
        return Stopwatch.GetElapsedTime(began);
    }

    private static EmbedRequest Embed(params string[] texts) => new(CountingHost.Model, [.. texts.Select(text => (EmbedInput)text)]);

    private static Task<Cached<EmbedReply>> EmbedAsync(TestPool pool, params string[] texts) =>
        pool.Get<CachedTasks>().EmbedAsync(Embed(texts), pool.Call(), CacheUse.Full, Cancellation);
}
