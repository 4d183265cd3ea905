using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.Orchestrations.Dispatch.Hedging;
using Hybrid.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Hybrid.Orchestrations.Tests.Dispatch;

/// <summary>Two hosts over real sockets that answer as a test wants, and a pool whose own time moves only when the test moves it.</summary>
public abstract class FaultyHosts : IAsyncLifetime
{
    protected static readonly EmbedRequest Request = new("m", ["one"]);
    protected static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    protected FakeTimeProvider Time { get; } = new();
    private protected List<FakeGpuHost> Hosts { get; } = [];
    private readonly ConcurrentQueue<(string Instrument, string Outcome)> _measured = [];
    private MeterListener _listener = null!;
    private protected TestPool Pool { get; private set; } = null!;

    /// <summary>How a host answers a task; by default at once.</summary>
    private protected Func<FakeGpuHost, HttpContext, Task<bool>> Answers { get; set; } = (_, _) => Task.FromResult(true);

    public async ValueTask InitializeAsync()
    {
        for (var i = 0; i < 2; i++)
        {
            var host = await FakeGpuHost.StartAsync();
            host.OnRaw(TaskRoutes.Embed, (http, _) => AnswerAsync(host, http, new EmbedReply("m", 1, 1, new float[] { 1 }, 1, default)))
                .OnRaw(TaskRoutes.Generate, (http, _) => AnswerAsync(host, http, new GenerateReply("m", 1, "text", FinishReason.Stop, 1, 2, default)));
            Hosts.Add(host);
        }

        Pool = new TestPool(Hosts.Select(host => host.Address), Time);
        _listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Scope == Pool.Get<IMeterFactory>() && instrument.Name.StartsWith("hybrid.dispatch.", StringComparison.Ordinal))
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            _measured.Enqueue((instrument.Name, tags.ToArray().Single(tag => tag.Key == "outcome").Value!.ToString()!)));
        _listener.Start();
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _listener.Dispose();
        await Pool.DisposeAsync();
        foreach (var host in Hosts)
        {
            await host.DisposeAsync();
        }
    }

    private int _hanging;

    protected int Hanging => Volatile.Read(ref _hanging);

    protected async Task HangAsync(HttpContext http)
    {
        Interlocked.Increment(ref _hanging);
        await Task.Delay(Timeout.Infinite, http.RequestAborted);
    }

    /// <summary>The next task hangs, wherever it goes; those after it do not.</summary>
    private protected void HangOnce(Action<FakeGpuHost>? meanwhile = null)
    {
        var hangs = 1;
        Answers = async (host, http) =>
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
        if (await Answers(host, http))
        {
            http.Response.ContentType = MediaTypes.MessagePack;
            await http.Response.Body.WriteAsync(Wire.Encode(reply));
        }
    }

    /// <summary>Calls enough for the pool to know how long they take: no time at all, so that a hedge comes after the floor of 20 ms.</summary>
    protected Task LearnAsync() => EmbedManyAsync(LatencyWindow.Fewest);

    protected async Task EmbedManyAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await Pool.Pool.EmbedAsync(Request, Pool.Call(), Cancellation);
        }
    }

    protected Task<GenerateReply> GenerateAsync(int milliseconds = 20_000) => Pool.Pool.GenerateAsync(
        new GenerateRequest("m", [new ChatMessage("user", "hi")], [], 5, [], new Sampling()), Pool.Call(milliseconds), Cancellation);

    protected string[] Measured(string instrument) => [.. _measured.Where(measured => measured.Instrument == instrument).Select(measured => measured.Outcome)];

    // Each turn lets a while pass in the pool's time, and a moment in ours for what it does then.
    protected Task AdvanceUntilAsync(Func<bool> condition) => UntilAsync(() =>
    {
        Time.Advance(condition() ? TimeSpan.Zero : TimeSpan.FromMilliseconds(50));
        return condition();
    });

    protected static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            await Task.Delay(5, limit.Token);
        }
    }

    protected static async Task<Error> ErrorOf(Task task) => (await Assert.ThrowsAsync<HybridException>(() => task)).Error;
}
