using System.Diagnostics;
using Hybrid.LocalHost.Durable.Tracing;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Hybrid.LocalHost.Tests.Durable;

public sealed class ActivityTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stop_ActivityRuns_IsCancelledAndRunsAgainAfterTheStart()
    {
        var runs = 0;
        var started = new TaskCompletionSource();
        await using var host = new EngineHost()
            .Activity<int, string>("Long", async (_, cancellationToken) =>
            {
                if (Interlocked.Increment(ref runs) > 1)
                    return "second run";
                started.SetResult();
                await Task.Delay(Timeout.Infinite, cancellationToken);
                return "never";
            })
            .Orchestrator("Caller", context => context.CallActivityAsync<string>("Long", 0));
        var id = await host.StartAsync("Caller");
        await started.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancel);

        await host.StopAsync();

        Assert.Equal("second run", (await host.EndAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Stop_ActivityIgnoresItsToken_IsCutOffInTime()
    {
        var started = new TaskCompletionSource();
        var release = new TaskCompletionSource<int>();
        await using var host = new EngineHost()
            .Activity<int, int>("Deaf", (_, _) =>
            {
                started.TrySetResult();
                return release.Task;
            })
            .Orchestrator("Caller", context => context.CallActivityAsync<int>("Deaf", 0));
        host.Options.ShutdownTimeout = TimeSpan.FromMilliseconds(50);
        var id = await host.StartAsync("Caller");
        await started.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancel);

        await host.StopAsync().WaitAsync(TimeSpan.FromSeconds(30), Cancel);

        release.SetResult(4);
        Assert.Equal(4, (await host.EndAsync(id)).ReadOutputAs<int>());
    }

    [Fact]
    public async Task Activities_MoreThanTheLimit_RunNoMoreAtOnce()
    {
        var (running, most) = (0, 0);
        await using var host = new EngineHost()
            .Activity<int, int>("Work", async (n, cancellationToken) =>
            {
                var now = Interlocked.Increment(ref running);
                InterlockedMax(ref most, now);
                await Task.Delay(5, cancellationToken);
                Interlocked.Decrement(ref running);
                return n;
            })
            .Orchestrator("Fan", async context => (await Task.WhenAll(Enumerable.Range(0, 60).Select(n => context.CallActivityAsync<int>("Work", n)))).Length);
        host.Options.MaxConcurrentActivities = 3;

        await host.RunAsync("Fan");

        Assert.InRange(most, 2, 3);
    }

    [Fact]
    public async Task TraceContext_OfTheStart_IsStoredWithInstanceAndActivity()
    {
        string? seen = null;
        await using var host = new EngineHost().Orchestrator("Caller", context => context.CallActivityAsync<int>("Traced"));
        host.Registry.AddActivity("Traced", (activity, _) =>
        {
            seen = activity.Trace.Parent;
            return Task.FromResult<string?>("1");
        });
        using var activity = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();

        var id = await host.StartAsync("Caller");
        await host.EndAsync(id);

        var instance = host.Engine.Store.Instance(id)!;
        Assert.StartsWith($"00-{activity.TraceId}-", instance.Trace.Parent, StringComparison.Ordinal);
        Assert.Equal(instance.Trace.Below(SpanIds.Of(instance.ExecutionId, 0)).Parent, seen);
    }

    [Fact]
    public async Task Activity_InputIsTaskOptions_IsRefusedAsTheSdkDoes()
    {
        await using var host = new EngineHost().Orchestrator("Mistake", context => context.CallActivityAsync<int>("A", (object)new TaskOptions()));

        var end = await host.RunAsync("Mistake");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.Equal("System.ArgumentException", end.FailureDetails?.ErrorType);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while (value > (seen = Volatile.Read(ref target)) && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
        }
    }
}
