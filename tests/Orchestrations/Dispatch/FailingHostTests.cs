using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Headers;
using Hybrid.Orchestrations.Dispatch;

namespace Hybrid.Orchestrations.Tests.Dispatch;

/// <summary>What is held against a host, and what is not.</summary>
public sealed class FailingHostTests : FaultyHosts
{
    [Theory]
    [InlineData(ErrorCode.InvalidRequest)]
    [InlineData(ErrorCode.ModelNotFound)]
    [InlineData(ErrorCode.Unprocessable)]
    [InlineData(ErrorCode.DeadlineExceeded)]
    public async Task Errors_OfRequests_AreNotHeldAgainstHosts(ErrorCode code)
    {
        Answers = (_, _) => throw new HybridException(code, "It is the request.");
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(code, (await ErrorOf(Pool.Pool.EmbedAsync(Request, Pool.Call(), Cancellation))).Code);
        }

        Assert.Equal((2, 2), Pool.Pool.Hosts);
        Assert.Equal(20, Hosts.Sum(host => host.Requests.Count));
    }

    [Fact]
    public async Task Limiter_OfOneModel_LeavesTheHostIn()
    {
        Answers = (host, http) =>
        {
            http.Response.Headers[HybridHeaders.DropReason] = "latency_open";
            return host == Hosts[0] ? throw new HybridException(ErrorCode.Unavailable, "Only probes.") : Task.FromResult(true);
        };
        for (var i = 0; i < 10; i++)
        {
            await Pool.Pool.EmbedAsync(Request, Pool.Call(), Cancellation);
        }

        Assert.Equal((2, 2), Pool.Pool.Hosts);
    }

    [Fact]
    public async Task Host_ThatFailsThoughItsHealthIsGood_IsLeftOutAndReturnsByOneTrialAtATime()
    {
        await Pool.StartAsync();
        var broken = true;
        Answers = (host, _) => host == Hosts[0] && broken ? throw new HybridException(ErrorCode.Internal, "bug") : Task.FromResult(true);
        for (var i = 0; Pool.Pool.Hosts.Ready == 2; i++)
        {
            Assert.True(i < 1000);
            await Pool.Pool.EmbedAsync(Request, Pool.Call(), Cancellation);
            // Else it would be avoided before it is left out.
            Pool.Get<PoolState>().Hosts[0].Forgive();
        }

        var failed = Hosts[0].Requests.Count;
        Assert.Equal(5, Measured("hybrid.dispatch.attempts").Count(outcome => outcome == "internal_error"));
        await AdvanceUntilAsync(() => Pool.Get<PoolState>().Snapshot.OnTrial.Length == 1);
        await EmbedManyAsync(50);
        Assert.Equal(failed + 1, Hosts[0].Requests.Count);

        broken = false;
        await AdvanceUntilAsync(() => Pool.Get<PoolState>().Snapshot.OnTrial.Length == 1);
        await EmbedManyAsync(50);
        Assert.True(Hosts[0].Requests.Count > failed + 2);
        Assert.Equal(2, Pool.Get<PoolState>().Snapshot.Ready.Length);
    }
}
