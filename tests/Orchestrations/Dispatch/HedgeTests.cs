using Hybrid.Contracts.Errors;
using Hybrid.Orchestrations.Dispatch;
using Hybrid.Orchestrations.Dispatch.Hedging;
using Microsoft.AspNetCore.Http;

namespace Hybrid.Orchestrations.Tests.Dispatch;

/// <summary>Hosts slower than usual: the second tries beside the first, and what they may cost.</summary>
public sealed class HedgeTests : FaultyHosts
{
    [Fact]
    public async Task Embed_SlowerThanUsual_IsAnsweredByASecondHostAndTheFirstIsCalledOff()
    {
        await LearnAsync();
        HangOnce();

        var call = Pool.Pool.EmbedAsync(Request, Pool.Call(), Cancellation);
        await UntilAsync(() => Hanging == 1);
        Time.Advance(TimeSpan.FromMilliseconds(20));

        Assert.Equal(1, (await call).Count);
        await UntilAsync(() => Hosts.Sum(host => host.Aborted.Count) == 1);
        Assert.Equal(["won"], Measured("hybrid.dispatch.hedges"));
        Assert.Equal(Enumerable.Repeat("ok", LatencyWindow.Fewest + 1).Append("outrun").Order(), Measured("hybrid.dispatch.attempts").Order());
    }

    [Fact]
    public async Task Embed_SlowerThanUsualWithNothingLeftForHedges_StaysWhereItIs()
    {
        await LearnAsync();
        var late = new TaskCompletionSource();
        var begun = 0;
        Answers = async (_, http) =>
        {
            Interlocked.Increment(ref begun);
            await late.Task.WaitAsync(http.RequestAborted);
            return true;
        };

        var calls = Enumerable.Range(0, 40).Select(_ => Pool.Pool.EmbedAsync(Request, Pool.Call(), Cancellation)).ToArray();
        await UntilAsync(() => begun == 40);
        Time.Advance(TimeSpan.FromMilliseconds(20));
        await UntilAsync(() => Measured("hybrid.dispatch.hedges").Count(outcome => outcome == "denied") == 40 - HedgeBudget.Burst);
        await UntilAsync(() => begun == 40 + HedgeBudget.Burst);
        late.SetResult();

        Assert.All(await Task.WhenAll(calls), reply => Assert.Equal(1, reply.Count));
        Assert.DoesNotContain("unavailable", Measured("hybrid.dispatch.attempts"));
    }

    [Fact]
    public async Task Embed_UnderOverloadThatSlowsEverything_CausesNoMoreThanTheBudget()
    {
        await LearnAsync();
        Answers = async (_, http) =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), Time, http.RequestAborted);
            return true;
        };
        const int Calls = 200;
        var before = Hosts.Sum(host => host.Requests.Count);

        var calls = Task.WhenAll(Enumerable.Range(0, Calls).Select(_ => Pool.Pool.EmbedAsync(Request, Pool.Call(), Cancellation)));
        while (!calls.IsCompleted)
        {
            Time.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Delay(1, Cancellation);
        }

        await calls;
        var extra = Hosts.Sum(host => host.Requests.Count) - before - Calls;
        Assert.InRange(extra, 1, HedgeBudget.Burst + (0.1 * (Calls + LatencyWindow.Fewest)));
    }

    [Fact]
    public async Task Generate_SlowerThanUsual_IsLeftWhereItIs()
    {
        for (var i = 0; i < LatencyWindow.Fewest; i++)
        {
            await GenerateAsync();
        }

        HangOnce();
        var call = GenerateAsync(1000);
        await UntilAsync(() => Hanging == 1);
        Time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Empty(Measured("hybrid.dispatch.hedges"));
        Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(ErrorCode.DeadlineExceeded, (await ErrorOf(call)).Code);
    }

    [Fact]
    public async Task Embed_HungOnBothHosts_EndsAtTheDeadlineAndBothAreCalledOff()
    {
        await LearnAsync();
        Answers = async (_, http) =>
        {
            await HangAsync(http);
            return false;
        };

        var call = Pool.Pool.EmbedAsync(Request, Pool.Call(1000), Cancellation);
        await UntilAsync(() => Hanging == 1);
        Time.Advance(TimeSpan.FromMilliseconds(20));
        await UntilAsync(() => Hanging == 2);
        Time.Advance(TimeSpan.FromMilliseconds(979));
        Assert.False(call.IsCompleted);
        Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(ErrorCode.DeadlineExceeded, (await ErrorOf(call)).Code);
        await UntilAsync(() => Hosts.All(host => host.Aborted.Count == 1));
        Assert.Equal((2, 2), Pool.Pool.Hosts);
    }

    [Fact]
    public async Task Embed_WhoseCallerLeaves_IsCalledOffOnBothHosts()
    {
        await LearnAsync();
        Answers = async (_, http) =>
        {
            await HangAsync(http);
            return false;
        };
        using var caller = new CancellationTokenSource();

        var call = Pool.Pool.EmbedAsync(Request, Pool.Call(), caller.Token);
        await UntilAsync(() => Hanging == 1);
        Time.Advance(TimeSpan.FromMilliseconds(20));
        await UntilAsync(() => Hanging == 2);
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await UntilAsync(() => Hosts.All(host => host.Aborted.Count == 1));
        Assert.Equal(2, Measured("hybrid.dispatch.attempts").Count(outcome => outcome == "cancelled"));
        Assert.All(Pool.Get<PoolState>().Hosts, host => Assert.Equal(0, host.InFlight));
    }
}
