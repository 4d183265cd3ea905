using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.Orchestrations.Caching;
using Hybrid.Orchestrations.Caching.Versions;
using Hybrid.Orchestrations.Tests.Dispatch;

namespace Hybrid.Orchestrations.Tests.Caching;

/// <summary>The caches before a real pool and a host on loopback; without Redis.</summary>
public sealed class CachedTasksTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;
    private CountingHost _host = null!;
    private TestPool _pool = null!;

    private CachedTasks Tasks => _pool.Get<CachedTasks>();

    public async ValueTask InitializeAsync()
    {
        _host = await CountingHost.StartAsync();
        _pool = new TestPool([_host.Host.Address]);
    }

    public async ValueTask DisposeAsync()
    {
        await _pool.DisposeAsync();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Embed_OfABatchInWhichMostIsKnown_ComputesTheRest()
    {
        string[] texts = [.. Enumerable.Range(0, 32).Select(i => $"text {new string('x', i)}")];
        await EmbedAsync(texts[..30]);
        _host.Computed.Clear();

        var (reply, status) = await EmbedAsync(texts);

        Assert.Equal(texts[30..], _host.Computed);
        Assert.Equal(texts.SelectMany(text => CountingHost.Vector(text, 1)), reply.Vectors.ToArray());
        Assert.Equal(texts.Sum(text => text.Length), reply.TokenCount);
        Assert.Equal(texts.Select(text => text.Length), reply.TokenCounts!);
        Assert.Equal("hybrid; fwd=partial; detail=\"30/32\"", status.ToString());
    }

    [Fact]
    public async Task Embed_OfTheSameTextTwiceInOneBatch_ComputesItOnce()
    {
        var (reply, _) = await EmbedAsync("a", "b", "a");

        Assert.Equal(["a", "b"], _host.Computed);
        Assert.Equal([.. CountingHost.Vector("a", 1), .. CountingHost.Vector("b", 1), .. CountingHost.Vector("a", 1)], reply.Vectors.ToArray());
        Assert.Equal(3, reply.TokenCount);
    }

    [Fact]
    public async Task Embed_ByAThousandAtOnce_IsComputedOnce()
    {
        var gate = new TaskCompletionSource();
        _host.Hold = gate.Task;
        var callers = Enumerable.Range(0, 1_000).Select(_ => Task.Run(() => EmbedAsync("one question"))).ToList();
        await Task.Delay(TimeSpan.FromMilliseconds(200), Cancellation);
        gate.SetResult();
        var answers = await Task.WhenAll(callers);

        Assert.Single(_host.Computed);
        Assert.All(answers, answer => Assert.Equal(CountingHost.Vector("one question", 1), answer.Reply.Vectors.ToArray()));
        Assert.Contains("hybrid; fwd=miss; collapsed", answers.Select(answer => answer.Status.ToString()));
    }

    [Fact]
    public async Task Answer_IsItsTenantsAlone()
    {
        await EmbedAsync("secret");
        var (_, theirs) = await Tasks.EmbedAsync(Embed("secret"), _pool.Call() with { Tenant = "other" }, CacheUse.Full, Cancellation);
        var (_, ours) = await EmbedAsync("secret");

        Assert.Equal((false, true), (theirs.IsHit, ours.IsHit));
        Assert.Equal(["secret", "secret"], _host.Computed);
    }

    [Fact]
    public async Task NoCache_ComputesAnewAndKeepsThat_NoStore_LeavesTheCacheAlone()
    {
        await GenerateAsync("why?", new Sampling());
        var (refreshed, status) = await GenerateAsync("why?", new Sampling(), CacheUse.Refresh);
        Assert.Equal(("answer 2", "hybrid; fwd=request; stored"), (refreshed.Text, status.ToString()));

        var (uncached, bypass) = await GenerateAsync("why?", new Sampling(), CacheUse.None);
        Assert.Equal(("answer 3", "hybrid; fwd=bypass"), (uncached.Text, bypass.ToString()));

        var (kept, hit) = await GenerateAsync("why?", new Sampling());
        Assert.Equal(("answer 2", "hybrid; hit; detail=memory"), (kept.Text, hit.ToString()));
    }

    [Fact]
    public async Task Caching_ThatIsOff_ComputesEverything()
    {
        await using var off = new TestPool([_host.Host.Address], null, ("Caching:Enabled", "false"));
        for (var i = 0; i < 3; i++)
        {
            var (_, status) = await off.Get<CachedTasks>().EmbedAsync(Embed("a"), off.Call(), CacheUse.Full, Cancellation);
            Assert.Equal("hybrid; fwd=bypass", status.ToString());
        }

        Assert.Equal(3, _host.Computed.Count);
    }

    public static TheoryData<Sampling, bool> Samplings => new()
    {
        { new Sampling(), true },
        { new Sampling(Temperature: 0, Seed: 5), true },
        { new Sampling(Temperature: 1, TopK: 1), true },
        { new Sampling(Temperature: 1, Seed: 5), true },
        { new Sampling(Temperature: 1), false },
    };

    [Theory]
    [MemberData(nameof(Samplings))]
    public async Task Generate_IsKeptOnlyWhereItWouldComeOutTheSame(Sampling sampling, bool isKept)
    {
        await GenerateAsync("why?", sampling);

        Assert.Equal(isKept, (await GenerateAsync("why?", sampling)).Status.IsHit);
    }

    [Fact]
    public async Task Generate_WithDiceOfAnotherSeed_IsAnotherAnswer()
    {
        await GenerateAsync("why?", new Sampling(1, Seed: 5));

        Assert.False((await GenerateAsync("why?", new Sampling(1, Seed: 6))).Status.IsHit);
        // Without dice a seed changes nothing.
        await GenerateAsync("why?", new Sampling(Seed: 5));
        Assert.True((await GenerateAsync("why?", new Sampling(Seed: 6))).Status.IsHit);
    }

    [Fact]
    public async Task Rerank_OfPassagesThatOverlap_ComputesTheNewPairs()
    {
        await RerankAsync("q", "one", "two");
        var (reply, status) = await RerankAsync("q", "four", "two", "one");
        await RerankAsync("another", "two");

        Assert.Equal(["q/one", "q/two", "q/four", "another/two"], _host.Computed);
        Assert.Equal([0.4f, 0.3f, 0.3f], reply.Scores);
        Assert.Equal(4 + 3 + 3 + 3, reply.TokenCount);
        Assert.Equal("hybrid; fwd=partial; detail=\"2/3\"", status.ToString());
    }

    [Fact]
    public async Task Version_ThatChanged_IsNotAnsweredFromTheOldOne()
    {
        await EmbedAsync("a");
        _host.Version = 2;
        await _pool.Get<ServedVersions>().RefreshAsync(Cancellation);

        var (reply, status) = await EmbedAsync("a");

        Assert.Equal((2, false), (reply.Version, status.IsHit));
        Assert.Equal(CountingHost.Vector("a", 2), reply.Vectors.ToArray());
        Assert.True((await EmbedAsync("a")).Status.IsHit);
    }

    [Fact]
    public async Task Version_ThatChangesBetweenTwoParts_IsNeverMixedIntoOneAnswer()
    {
        await EmbedAsync("a", "b");
        // Nobody has noticed yet: the list still tells the old version.
        _host.ListedVersion = 1;
        _host.Version = 2;

        var (reply, _) = await EmbedAsync("a", "b", "c");

        Assert.Equal(2, reply.Version);
        Assert.Equal([.. CountingHost.Vector("a", 2), .. CountingHost.Vector("b", 2), .. CountingHost.Vector("c", 2)], reply.Vectors.ToArray());
    }

    [Fact]
    public async Task Hosts_OfTwoVersions_AnswerEachRequestInOneOfThem()
    {
        await using var newer = await CountingHost.StartAsync();
        newer.Version = 2;
        await using var both = new TestPool([_host.Host.Address, newer.Host.Address]);
        for (var i = 0; i < 60; i++)
        {
            string[] texts = [$"t{i}", $"t{i + 1}", $"t{i / 2}"];
            var (reply, _) = await both.Get<CachedTasks>().EmbedAsync(Embed(texts), both.Call(), CacheUse.Full, Cancellation);
            Assert.Equal(texts.SelectMany(text => CountingHost.Vector(text, reply.Version)), reply.Vectors.ToArray());
        }
    }

    [Fact]
    public async Task Failure_IsNotKept_AndNamesTheTextInTheCallersOwnCount()
    {
        await EmbedAsync("a", "b");
        _host.Hold = Task.FromException(new HybridException(new Error(ErrorCode.Unprocessable, "input[0] has no token.", "input[0]")));

        var error = (await Assert.ThrowsAsync<HybridException>(() => EmbedAsync("a", "b", "c"))).Error;
        Assert.Equal(("input[2]", "input[2] has no token."), (error.Param, error.Message));

        _host.Hold = Task.CompletedTask;
        Assert.Equal(3, (await EmbedAsync("a", "b", "c")).Reply.Count);
    }

    [Fact]
    public async Task Failure_OfSomebodyElsesText_IsNotOurs()
    {
        var gate = new TaskCompletionSource();
        _host.Hold = gate.Task;
        var theirs = EmbedAsync("a", "bad");
        await UntilAsync(() => _host.Computed.Count == 2);
        var ours = EmbedAsync("a");
        _host.Hold = Task.CompletedTask;
        gate.SetException(new HybridException(new Error(ErrorCode.Unprocessable, "input[1] has no token.", "input[1]")));

        Assert.Equal("input[1]", (await Assert.ThrowsAsync<HybridException>(() => theirs)).Error.Param);
        Assert.Equal(CountingHost.Vector("a", 1), (await ours).Reply.Vectors.ToArray());
    }

    [Fact]
    public async Task Deadline_OfOneCaller_IsNotTheOthers()
    {
        var gate = new TaskCompletionSource();
        _host.Hold = gate.Task;
        var hurried = Tasks.EmbedAsync(Embed("a"), _pool.Call(300), CacheUse.Full, Cancellation);
        await UntilAsync(() => _host.Computed.Count == 1);
        var patient = EmbedAsync("a");

        Assert.Equal(ErrorCode.DeadlineExceeded, (await Assert.ThrowsAsync<HybridException>(() => hurried)).Error.Code);
        _host.Hold = Task.CompletedTask;
        gate.SetResult();

        Assert.Equal(CountingHost.Vector("a", 1), (await patient).Reply.Vectors.ToArray());
    }

    [Fact]
    public async Task Answers_StayWhenEveryHostIsGone()
    {
        await EmbedAsync("a");
        await _host.Host.DisposeAsync();
        await _pool.Get<ServedVersions>().RefreshAsync(Cancellation);

        Assert.True((await EmbedAsync("a")).Status.IsHit);
        await Assert.ThrowsAsync<HybridException>(() => EmbedAsync("b"));
    }

    [Fact]
    public async Task ModelNames_ThatNobodyServes_AreAskedOfTheListOnceAnInterval()
    {
        for (var i = 0; i < 50; i++)
        {
            await Tasks.EmbedAsync(new EmbedRequest($"unknown-{i}", ["a"]), _pool.Call(), CacheUse.Full, Cancellation);
        }

        Assert.InRange(_host.Host.Requests.Count(seen => seen.Route == TaskRoutes.Models), 1, 10);
    }

    private static EmbedRequest Embed(params string[] texts) => new(CountingHost.Model, [.. texts.Select(text => (EmbedInput)text)]);

    private Task<Cached<EmbedReply>> EmbedAsync(params string[] texts) => Tasks.EmbedAsync(Embed(texts), _pool.Call(), CacheUse.Full, Cancellation);

    private Task<Cached<RerankReply>> RerankAsync(string query, params string[] passages) =>
        Tasks.RerankAsync(new RerankRequest(CountingHost.Model, query, passages), _pool.Call(), CacheUse.Full, Cancellation);

    private Task<Cached<GenerateReply>> GenerateAsync(string question, Sampling sampling, CacheUse use = CacheUse.Full) => Tasks.GenerateAsync(
        new GenerateRequest(CountingHost.Model, [new ChatMessage("user", question)], [], 8, [], sampling), _pool.Call(), use, Cancellation);

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(10));
        while (!condition())
        {
            await Task.Delay(5, limit.Token);
        }
    }
}
