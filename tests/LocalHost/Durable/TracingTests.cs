using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.DurableTask;

namespace Hybrid.LocalHost.Tests.Durable;

/// <summary>The engine's spans, as a listener sees them: all below one request's span.</summary>
public sealed class TracingTests : IAsyncDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly EngineHost _host = new();
    private readonly ConcurrentQueue<Activity> _spans = [];
    private readonly ActivityListener _listener;
    private readonly Activity _request;

    public TracingTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Microsoft.DurableTask",
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = Keep,
        };
        ActivitySource.AddActivityListener(_listener);
        _request = new Activity("request") { ActivityTraceFlags = ActivityTraceFlags.Recorded }.SetIdFormat(ActivityIdFormat.W3C).Start();
    }

    [Fact]
    public async Task Orchestration_OfManyTurns_IsOneSpanAboveItsTasks()
    {
        _host.Activity<int, int>("Add", n => n + 1).Orchestrator("Sum", async context =>
        {
            var sum = 0;
            for (var i = 0; i < 5; i++)
                sum = await context.CallActivityAsync<int>("Add", sum);
            return sum;
        });

        var id = await RunAsync("Sum");

        var create = One("create_orchestration:Sum");
        Assert.Equal((ActivityKind.Producer, _request.SpanId), (create.Kind, create.ParentSpanId));
        var orchestration = One("orchestration:Sum");
        Assert.Equal((ActivityKind.Server, create.SpanId), (orchestration.Kind, orchestration.ParentSpanId));
        Assert.Equal(("orchestration", "Sum", id), (orchestration.GetTagItem("durabletask.type"), orchestration.GetTagItem("durabletask.task.name"), orchestration.GetTagItem("durabletask.task.instance_id")));
        Assert.Equal("Completed", orchestration.GetTagItem("durabletask.task.status"));
        var tasks = Named("activity:Add").Where(span => span.Kind == ActivityKind.Client).ToList();
        Assert.Equal([0, 1, 2, 3, 4], tasks.Select(task => task.GetTagItem("durabletask.task.task_id")));
        Assert.All(tasks, task => Assert.Equal(orchestration.SpanId, task.ParentSpanId));
        var attempts = Named("activity:Add").Where(span => span.Kind == ActivityKind.Server);
        Assert.Equal(tasks.Select(task => task.SpanId), attempts.Select(attempt => attempt.ParentSpanId));
    }

    [Fact]
    public async Task Orchestration_ThatWaitsOverARestart_BeganWhenItBegan()
    {
        _host.Activity<int, int>("Before", n => n).Orchestrator("Long", async context =>
        {
            await context.CallActivityAsync<int>("Before", 1);
            return await context.WaitForExternalEvent<int>("go");
        });
        var begin = _host.Time.GetUtcNow().UtcDateTime;
        var id = await _host.StartAsync("Long");
        await _host.UntilAsync(id, _ => Named("activity:Before").Any(span => span.Kind == ActivityKind.Client));

        await _host.RestartAsync();
        _host.Time.Advance(100 * Second);
        await _host.Client.RaiseEventAsync(id, "go", 2, TestContext.Current.CancellationToken);
        await EndAsync(id);

        var orchestration = One("orchestration:Long");
        Assert.Equal((begin, 100 * Second), (orchestration.StartTimeUtc, orchestration.Duration));
        Assert.Equal(orchestration.SpanId, Named("activity:Before").Single(span => span.Kind == ActivityKind.Client).ParentSpanId);
    }

    [Fact]
    public async Task Activity_Retried_IsATaskAndAnAttemptForEveryTry()
    {
        var tries = 0;
        _host.Activity<int, int>("Flaky", _ => ++tries < 3 ? throw new InvalidOperationException("not yet") : tries)
            .Orchestrator("Retrying", context => context.CallActivityAsync<int>("Flaky", 1, TaskOptions.FromRetryPolicy(new RetryPolicy(5, Second))));

        var id = await _host.StartAsync("Retrying");
        await _host.EndWithTimeAsync(id);
        await SettledAsync("orchestration:Retrying");

        ActivityStatusCode[] statuses = [ActivityStatusCode.Error, ActivityStatusCode.Error, ActivityStatusCode.Unset];
        Assert.Equal(statuses, Named("activity:Flaky").Where(span => span.Kind == ActivityKind.Client).Select(span => span.Status));
        Assert.Equal(statuses, Named("activity:Flaky").Where(span => span.Kind == ActivityKind.Server).Select(span => span.Status));
        Assert.Equal([Second, Second], Named("orchestration:Retrying:timer").Select(timer => timer.Duration));
    }

    [Fact]
    public async Task SubOrchestration_ThatFails_IsBelowItsParentAndFailed()
    {
        _host.Orchestrator<int>("Child", _ => throw new InvalidOperationException("no"))
            .Orchestrator("Parent", async context =>
            {
                try
                {
                    return await context.CallSubOrchestratorAsync<int>("Child");
                }
                catch (TaskFailedException)
                {
                    return 0;
                }
            });

        await RunAsync("Parent");

        var parent = One("orchestration:Parent");
        var call = Assert.Single(Named("orchestration:Child"), span => span.Kind == ActivityKind.Client);
        var child = Assert.Single(Named("orchestration:Child"), span => span.Kind == ActivityKind.Server);
        Assert.Equal((parent.SpanId, call.SpanId), (call.ParentSpanId, child.ParentSpanId));
        Assert.Equal((ActivityStatusCode.Unset, ActivityStatusCode.Error, ActivityStatusCode.Error), (parent.Status, call.Status, child.Status));
        Assert.Equal("no", child.StatusDescription);
    }

    [Fact]
    public async Task Activity_ThatNobodyWaitedFor_HasItsSpanWhenTheOrchestrationEnds()
    {
        var gate = new TaskCompletionSource();
        _host.Activity<int, int>("Slow", async (n, cancellationToken) =>
        {
            await gate.Task.WaitAsync(cancellationToken);
            return n;
        });
        _host.Orchestrator("Hasty", context =>
        {
            _ = context.CallActivityAsync<int>("Slow", 1);
            return Task.FromResult(1);
        });

        await RunAsync("Hasty");
        gate.SetResult();
        await SettledAsync("activity:Slow", 2);

        var task = Assert.Single(Named("activity:Slow"), span => span.Kind == ActivityKind.Client);
        Assert.Equal(One("orchestration:Hasty").SpanId, task.ParentSpanId);
        Assert.Equal(task.SpanId, Assert.Single(Named("activity:Slow"), span => span.Kind == ActivityKind.Server).ParentSpanId);
    }

    [Fact]
    public async Task Orchestration_ContinuedAsNew_IsASpanForEachExecution()
    {
        _host.Orchestrator("Loop", context =>
        {
            var round = context.GetInput<int>();
            if (round < 2)
                context.ContinueAsNew(round + 1);
            return Task.FromResult(round);
        });

        await RunAsync("Loop");

        var create = One("create_orchestration:Loop");
        Assert.Equal(["ContinuedAsNew", "ContinuedAsNew", "Completed"], Named("orchestration:Loop").Select(span => span.GetTagItem("durabletask.task.status")));
        Assert.All(Named("orchestration:Loop"), span => Assert.Equal(create.SpanId, span.ParentSpanId));
    }

    public async ValueTask DisposeAsync()
    {
        _request.Dispose();
        await _host.DisposeAsync();
        _listener.Dispose();
    }

    private async Task<string> RunAsync(string name)
    {
        var id = await _host.StartAsync(name, 0);
        await EndAsync(id);
        return id;
    }

    private async Task EndAsync(string id)
    {
        var end = await _host.EndAsync(id);
        await SettledAsync($"orchestration:{end.Name}");
    }

    // The spans of a turn are made after its commit, of which the client may hear before.
    private async Task SettledAsync(string name, int count = 1)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(30 * Second);
        while (Named(name).Count() < count || Named(name).All(span => span.GetTagItem("durabletask.task.status") is "ContinuedAsNew"))
            await Task.Delay(5, limit.Token);
    }

    private Activity One(string name) => Assert.Single(Named(name));

    private IEnumerable<Activity> Named(string name) => _spans.Where(span => span.DisplayName == name);

    // Other tests' engines are listened to as well.
    private void Keep(Activity span)
    {
        if (span.TraceId == _request.TraceId)
            _spans.Enqueue(span);
    }
}
