using System.Net;
using System.Net.Sockets;
using Hybrid.Contracts.Headers;
using Hybrid.Orchestrations.Dispatch;
using Hybrid.Testing;

namespace Hybrid.Orchestrations.Tests.Dispatch;

/// <summary>Hosts that freeze, stall or do not even take a connection.</summary>
public sealed class SilentHostTests : FaultyHosts
{
    [Fact]
    public async Task Generate_OnAHostThatFreezes_GoesOnElsewhereAsSoonAsItsHealthIsSilent()
    {
        await Pool.StartAsync();
        HangOnce(host => host.Freeze());

        var call = GenerateAsync(60_000);
        await UntilAsync(() => Hanging == 1);
        var began = Time.GetTimestamp();
        await AdvanceUntilAsync(() => call.IsCompleted);

        Assert.Equal("text", (await call).Text);
        Assert.InRange(Time.GetElapsedTime(began).TotalSeconds, 0.75, 2.5);
        Assert.Contains("lost", Measured("hybrid.dispatch.attempts"));
        await UntilAsync(() => Hosts.Sum(host => host.Aborted.Count) == 1);
        Assert.Equal((1, 2), Pool.Pool.Hosts);
    }

    [Fact]
    public async Task Generate_OnABusyHostWhoseHealthIsLate_IsLeftWhereItIs()
    {
        await Pool.StartAsync();
        FakeGpuHost busy = null!;
        HangOnce(host => (busy = host).Freeze());
        var call = GenerateAsync(60_000);
        await UntilAsync(() => Hanging == 1);

        // It goes on answering what else it has.
        var others = Pool.Get<PoolState>().Hosts.Single(host => host.Address == busy.Address);
        for (var i = 0; i < 50; i++)
        {
            Time.Advance(TimeSpan.FromMilliseconds(100));
            others.Heard();
            await Task.Delay(2, Cancellation);
        }

        Assert.Equal((2, 2), Pool.Pool.Hosts);
        Assert.False(call.IsCompleted);
        Assert.Empty(busy.Aborted);
        await AdvanceUntilAsync(() => call.IsCompleted);
    }

    [Fact]
    public async Task Generate_WhenEveryHostFreezes_WaitsForOneToThaw()
    {
        await Pool.StartAsync();
        var thaw = new TaskCompletionSource();
        Answers = async (_, http) =>
        {
            Hosts.ForEach(host => host.Freeze());
            await thaw.Task.WaitAsync(http.RequestAborted);
            return true;
        };

        var call = GenerateAsync(60_000);
        await AdvanceUntilAsync(() => Pool.Pool.Hosts.Ready == 0);
        Answers = (_, _) => Task.FromResult(true);
        Hosts.ForEach(host => host.Thaw());
        thaw.SetResult();

        Assert.Equal("text", (await call).Text);
    }

    [Fact]
    public async Task Embed_WhoseReplyStallsHalfway_GoesOnElsewhere()
    {
        var stalls = 1;
        Answers = async (_, http) =>
        {
            if (Interlocked.Decrement(ref stalls) < 0)
            {
                return true;
            }

            http.Response.ContentType = MediaTypes.MessagePack;
            http.Response.ContentLength = 100;
            await http.Response.Body.WriteAsync(new byte[] { 1, 2, 3 });
            await http.Response.Body.FlushAsync();
            await HangAsync(http);
            return false;
        };

        var call = Pool.Pool.EmbedAsync(Request, Pool.Call(), Cancellation);
        await UntilAsync(() => Hanging == 1);
        await AdvanceUntilAsync(() => call.IsCompleted);

        Assert.Equal(1, (await call).Count);
        Assert.Equal(["unavailable", "ok"], Measured("hybrid.dispatch.attempts"));
        await UntilAsync(() => Hosts.Sum(host => host.Aborted.Count) == 1);
    }

    [Fact]
    public async Task Embed_WhoseConnectionDoesNotOpen_GoesOnElsewhere()
    {
        // A listener whose backlog is full: further connections are neither taken nor refused.
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(0);
        using var one = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await one.ConnectAsync(full.LocalEndPoint!, Cancellation);
        var address = new Uri($"http://127.0.0.1:{((IPEndPoint)full.LocalEndPoint!).Port}");
        await using var pool = new TestPool([address, Hosts[0].Address], null, ("GpuPool:ConnectTimeout", "00:00:00.050"));

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(1, (await pool.Pool.EmbedAsync(Request, pool.Call(), Cancellation)).Count);
        }

        Assert.Equal((1, 2), pool.Pool.Hosts);
    }
}
