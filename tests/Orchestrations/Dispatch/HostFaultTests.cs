using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.Orchestrations.Dispatch;
using Hybrid.Orchestrations.Dispatch.Hedging;
using Hybrid.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Hybrid.Orchestrations.Tests.Dispatch;

/// <summary>Hosts that are slow, freeze, stall or break, over real sockets; the pool's own time moves only when a test moves it.</summary>
public sealed class HostFaultTests : IAsyncLifetime
{
    private static readonly EmbedRequest Request = new("m", ["one"]);
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    private readonly FakeTimeProvider _time = new();
    private readonly List<FakeGpuHost> _hosts = [];
    private readonly ConcurrentQueue<(string Instrument, string Outcome)> _measured = [];
    private MeterListener _listener = null!;
    private TestPool _pool = null!;

    /// <summary>How a host answers a task; by default at once.</summary>
    private Func<FakeGpuHost, HttpContext, Task<bool>> _answers = (_, _) => Task.FromResult(true);

    public async ValueTask InitializeAsync()
    {
        for (var i = 0; i < 2; i++)
        {
            var host = await FakeGpuHost.StartAsync();
            host.OnRaw(TaskRoutes.Embed, (http, _) => AnswerAsync(host, http, new EmbedReply("m", 1, 1, new float[] { 1 }, 1, default)))
                .OnRaw(TaskRoutes.Generate, (http, _) => AnswerAsync(host, http, new GenerateReply("m", 1, "text", FinishReason.Stop, 1, 2, default)));
            _hosts.Add(host);
        }

        _pool = new TestPool(_hosts.Select(host => host.Address), _time);
        _listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Scope == _pool.Get<IMeterFactory>() && instrument.Name.StartsWith("hybrid.dispatch.", StringComparison.Ordinal))
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            _measured.Enqueue((instrument.Name, tags.ToArray().Single(tag => tag.Key == "outcome").Value!.ToString()!)));
        _listener.Start();
    }

    [Fact]
    public async Task Embed_SlowerThanUsual_IsAnsweredByASecondHostAndTheFirstIsCalledOff()
    {
        await LearnAsync();
        HangOnce();

        var call = _pool.Pool.EmbedAsync(Request, _pool.Call(), Cancellation);
        await UntilAsync(() => Hanging == 1);
        _time.Advance(TimeSpan.FromMilliseconds(20));

        Assert.Equal(1, (await call).Count);
        await UntilAsync(() => _hosts.Sum(host => host.Aborted.Count) == 1);
        Assert.Equal(["won"], Measured("hybrid.dispatch.hedges"));
        Assert.Equal(Enumerable.Repeat("ok", LatencyWindow.Fewest + 1).Append("outrun").Order(), Measured("hybrid.dispatch.attempts").Order());
    }

    [Fact]
    public async Task Embed_SlowerThanUsualWithNothingLeftForHedges_StaysWhereItIs()
    {
        await LearnAsync();
        var late = new TaskCompletionSource();
        var begun = 0;
        _answers = async (_, http) =>
        {
            Interlocked.Increment(ref begun);
            await late.Task.WaitAsync(http.RequestAborted);
            return true;
        };

        var calls = Enumerable.Range(0, 40).Select(_ => _pool.Pool.EmbedAsync(Request, _pool.Call(), Cancellation)).ToArray();
        await UntilAsync(() => begun == 40);
        _time.Advance(TimeSpan.FromMilliseconds(20));
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
        _answers = async (_, http) =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), _time, http.RequestAborted);
            return true;
        };
        const int Calls = 200;
        var before = _hosts.Sum(host => host.Requests.Count);

        var calls = Task.WhenAll(Enumerable.Range(0, Calls).Select(_ => _pool.Pool.EmbedAsync(Request, _pool.Call(), Cancellation)));
        while (!calls.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Delay(1, Cancellation);
        }

        await calls;
        var extra = _hosts.Sum(host => host.Requests.Count) - before - Calls;
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
        _time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Empty(Measured("hybrid.dispatch.hedges"));
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(ErrorCode.DeadlineExceeded, (await ErrorOf(call)).Code);
    }

    [Fact]
    public async Task Generate_OnAHostThatFreezes_GoesOnElsewhereAsSoonAsItsHealthIsSilent()
    {
        await _pool.StartAsync();
        HangOnce(host => host.Freeze());

        var call = GenerateAsync(60_000);
        await UntilAsync(() => Hanging == 1);
        var began = _time.GetTimestamp();
        await AdvanceUntilAsync(() => call.IsCompleted);

        Assert.Equal("text", (await call).Text);
        Assert.InRange(_time.GetElapsedTime(began).TotalSeconds, 0.75, 2.5);
        Assert.Contains("lost", Measured("hybrid.dispatch.attempts"));
        await UntilAsync(() => _hosts.Sum(host => host.Aborted.Count) == 1);
        Assert.Equal((1, 2), _pool.Pool.Hosts);
    }

    [Fact]
    public async Task Generate_OnABusyHostWhoseHealthIsLate_IsLeftWhereItIs()
    {
        await _pool.StartAsync();
        FakeGpuHost busy = null!;
        HangOnce(host => (busy = host).Freeze());
        var call = GenerateAsync(60_000);
        await UntilAsync(() => Hanging == 1);

        // It goes on answering what else it has.
        var others = _pool.Get<PoolState>().Hosts.Single(host => host.Address == busy.Address);
        for (var i = 0; i < 50; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            others.Heard();
            await Task.Delay(2, Cancellation);
        }

        Assert.Equal((2, 2), _pool.Pool.Hosts);
        Assert.False(call.IsCompleted);
        Assert.Empty(busy.Aborted);
        await AdvanceUntilAsync(() => call.IsCompleted);
    }

    [Fact]
    public async Task Generate_WhenEveryHostFreezes_WaitsForOneToThaw()
    {
        await _pool.StartAsync();
        var thaw = new TaskCompletionSource();
        _answers = async (_, http) =>
        {
            _hosts.ForEach(host => host.Freeze());
            await thaw.Task.WaitAsync(http.RequestAborted);
            return true;
        };

        var call = GenerateAsync(60_000);
        await AdvanceUntilAsync(() => _pool.Pool.Hosts.Ready == 0);
        _answers = (_, _) => Task.FromResult(true);
        _hosts.ForEach(host => host.Thaw());
        thaw.SetResult();

        Assert.Equal("text", (await call).Text);
    }

    [Fact]
    public async Task Embed_WhoseReplyStallsHalfway_GoesOnElsewhere()
    {
        var stalls = 1;
        _answers = async (_, http) =>
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

        var call = _pool.Pool.EmbedAsync(Request, _pool.Call(), Cancellation);
        await UntilAsync(() => Hanging == 1);
        await AdvanceUntilAsync(() => call.IsCompleted);

        Assert.Equal(1, (await call).Count);
        Assert.Equal(["unavailable", "ok"], Measured("hybrid.dispatch.attempts"));
        await UntilAsync(() => _hosts.Sum(host => host.Aborted.Count) == 1);
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
        await using var pool = new TestPool([address, _hosts[0].Address], null, ("GpuPool:ConnectTimeout", "00:00:00.050"));

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(1, (await pool.Pool.EmbedAsync(Request, pool.Call(), Cancellation)).Count);
        }

        Assert.Equal((1, 2), pool.Pool.Hosts);
    }

    [Fact]
    public async Task Embed_HungOnBothHosts_EndsAtTheDeadlineAndBothAreCalledOff()
    {
        await LearnAsync();
        _answers = async (_, http) =>
        {
            await HangAsync(http);
            return false;
        };

        var call = _pool.Pool.EmbedAsync(Request, _pool.Call(1000), Cancellation);
        await UntilAsync(() => Hanging == 1);
        _time.Advance(TimeSpan.FromMilliseconds(20));
        await UntilAsync(() => Hanging == 2);
        _time.Advance(TimeSpan.FromMilliseconds(979));
        Assert.False(call.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(ErrorCode.DeadlineExceeded, (await ErrorOf(call)).Code);
        await UntilAsync(() => _hosts.All(host => host.Aborted.Count == 1));
        Assert.Equal((2, 2), _pool.Pool.Hosts);
    }

    [Fact]
    public async Task Embed_WhoseCallerLeaves_IsCalledOffOnBothHosts()
    {
        await LearnAsync();
        _answers = async (_, http) =>
        {
            await HangAsync(http);
            return false;
        };
        using var caller = new CancellationTokenSource();

        var call = _pool.Pool.EmbedAsync(Request, _pool.Call(), caller.Token);
        await UntilAsync(() => Hanging == 1);
        _time.Advance(TimeSpan.FromMilliseconds(20));
        await UntilAsync(() => Hanging == 2);
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await UntilAsync(() => _hosts.All(host => host.Aborted.Count == 1));
        Assert.Equal(2, Measured("hybrid.dispatch.attempts").Count(outcome => outcome == "cancelled"));
        Assert.All(_pool.Get<PoolState>().Hosts, host => Assert.Equal(0, host.InFlight));
    }

    [Theory]
    [InlineData(ErrorCode.InvalidRequest)]
    [InlineData(ErrorCode.ModelNotFound)]
    [InlineData(ErrorCode.Unprocessable)]
    [InlineData(ErrorCode.DeadlineExceeded)]
    public async Task Errors_OfRequests_AreNotHeldAgainstHosts(ErrorCode code)
    {
        _answers = (_, _) => throw new HybridException(code, "It is the request.");
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(code, (await ErrorOf(_pool.Pool.EmbedAsync(Request, _pool.Call(), Cancellation))).Code);
        }

        Assert.Equal((2, 2), _pool.Pool.Hosts);
        Assert.Equal(20, _hosts.Sum(host => host.Requests.Count));
    }

    [Fact]
    public async Task Limiter_OfOneModel_LeavesTheHostIn()
    {
        _answers = (host, http) =>
        {
            http.Response.Headers[HybridHeaders.DropReason] = "latency_open";
            return host == _hosts[0] ? throw new HybridException(ErrorCode.Unavailable, "Only probes.") : Task.FromResult(true);
        };
        for (var i = 0; i < 10; i++)
        {
            await _pool.Pool.EmbedAsync(Request, _pool.Call(), Cancellation);
        }

        Assert.Equal((2, 2), _pool.Pool.Hosts);
    }

    [Fact]
    public async Task Host_ThatFailsThoughItsHealthIsGood_IsLeftOutAndReturnsByOneTrialAtATime()
    {
        await _pool.StartAsync();
        var broken = true;
        _answers = (host, _) => host == _hosts[0] && broken ? throw new HybridException(ErrorCode.Internal, "bug") : Task.FromResult(true);
        for (var i = 0; _pool.Pool.Hosts.Ready == 2; i++)
        {
            Assert.True(i < 1000);
            await _pool.Pool.EmbedAsync(Request, _pool.Call(), Cancellation);
            // Else it would be avoided before it is left out.
            _pool.Get<PoolState>().Hosts[0].Forgive();
        }

        var failed = _hosts[0].Requests.Count;
        Assert.Equal(5, Measured("hybrid.dispatch.attempts").Count(outcome => outcome == "internal_error"));
        await AdvanceUntilAsync(() => _pool.Get<PoolState>().Snapshot.OnTrial.Length == 1);
        await EmbedManyAsync(50);
        Assert.Equal(failed + 1, _hosts[0].Requests.Count);

        broken = false;
        await AdvanceUntilAsync(() => _pool.Get<PoolState>().Snapshot.OnTrial.Length == 1);
        await EmbedManyAsync(50);
        Assert.True(_hosts[0].Requests.Count > failed + 2);
        Assert.Equal(2, _pool.Get<PoolState>().Snapshot.Ready.Length);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _pool.DisposeAsync();
        foreach (var host in _hosts)
        {
            await host.DisposeAsync();
        }
    }

    private int _hanging;

    private int Hanging => Volatile.Read(ref _hanging);

    private async Task HangAsync(HttpContext http)
    {
        Interlocked.Increment(ref _hanging);
        await Task.Delay(Timeout.Infinite, http.RequestAborted);
    }

    /// <summary>The next task hangs, wherever it goes; those after it do not.</summary>
    private void HangOnce(Action<FakeGpuHost>? meanwhile = null)
    {
        var hangs = 1;
        _answers = async (host, http) =>
        {
            if (Interlocked.Decrement(ref hangs) == 0)
            {
                meanwhile?.Invoke(host);
                await HangAsync(http);
            }

            return true;
        };
    }

    private async Task AnswerAsync<TReply>(FakeGpuHost host, HttpContext http, TReply reply)
        where TReply : IWire<TReply>
    {
        if (await _answers(host, http))
        {
            http.Response.ContentType = MediaTypes.MessagePack;
            await http.Response.Body.WriteAsync(Wire.Encode(reply));
        }
    }

    /// <summary>Calls enough for the pool to know how long they take: no time at all, so that a hedge comes after the floor of 20 ms.</summary>
    private Task LearnAsync() => EmbedManyAsync(LatencyWindow.Fewest);

    private async Task EmbedManyAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await _pool.Pool.EmbedAsync(Request, _pool.Call(), Cancellation);
        }
    }

    private Task<GenerateReply> GenerateAsync(int milliseconds = 20_000) => _pool.Pool.GenerateAsync(
        new GenerateRequest("m", [new ChatMessage("user", "hi")], [], 5, [], new Sampling()), _pool.Call(milliseconds), Cancellation);

    private string[] Measured(string instrument) => [.. _measured.Where(measured => measured.Instrument == instrument).Select(measured => measured.Outcome)];

    // Each turn lets a while pass in the pool's time, and a moment in ours for what it does then.
    private Task AdvanceUntilAsync(Func<bool> condition) => UntilAsync(() =>
    {
        _time.Advance(condition() ? TimeSpan.Zero : TimeSpan.FromMilliseconds(50));
        return condition();
    });

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            await Task.Delay(5, limit.Token);
        }
    }

    private static async Task<Error> ErrorOf(Task task) => (await Assert.ThrowsAsync<HybridException>(() => task)).Error;
}
