using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Hybrid.Orchestrations.Tests.Dispatch;

public sealed class HealthPollerTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Host_ThatSaysItIsNotReady_IsLeftOutUntilItIs()
    {
        await using var one = await FakeGpuHost.StartAsync();
        await using var two = await FakeGpuHost.StartAsync();
        await using var pool = new TestPool([one.Address, two.Address], _time);
        await pool.StartAsync();
        await UntilReadyAsync(pool, 2);

        one.IsReady = false;
        await UntilReadyAsync(pool, 1);
        one.IsReady = true;
        await UntilReadyAsync(pool, 2);
    }

    [Fact]
    public async Task Host_ThatComesBack_IsUsedAgain()
    {
        var host = await FakeGpuHost.StartAsync();
        await using var pool = new TestPool([host.Address], _time);
        await pool.StartAsync();
        await UntilReadyAsync(pool, 1);

        await host.DisposeAsync();
        await UntilReadyAsync(pool, 0);
        await using var again = await FakeGpuHost.StartAsync(host.Address);
        again.On<EmbedRequest, EmbedReply>(TaskRoutes.Embed, request => new EmbedReply(request.Model, 1, 1, new float[] { 1 }, 1, default));
        await UntilReadyAsync(pool, 1);

        Assert.Equal(1, (await pool.Pool.EmbedAsync(new EmbedRequest("m", ["x"]), pool.Call(), TestContext.Current.CancellationToken)).Count);
    }

    // Each turn lets one interval pass in the pool's time, and a moment in ours for the poll's own connection.
    private async Task UntilReadyAsync(TestPool pool, int ready)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        while (pool.Pool.Hosts.Ready != ready)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(10, limit.Token);
        }
    }
}
