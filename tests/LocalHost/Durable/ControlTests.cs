using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Hybrid.LocalHost.Tests.Durable;

public sealed class ControlTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static EngineHost Waiting() => new EngineHost().Orchestrator("Wait", context => context.WaitForExternalEvent<int>("go"));

    [Fact]
    public async Task Suspend_EventsArrive_NothingRunsUntilResume()
    {
        await using var host = Waiting();
        var id = await host.StartAsync("Wait");
        await host.UntilAsync(id, instance => instance.IsRunning);
        await host.Client.SuspendInstanceAsync(id, "lunch", Cancel);
        await host.UntilAsync(id, instance => instance.RuntimeStatus == OrchestrationRuntimeStatus.Suspended);
        await host.Client.RaiseEventAsync(id, "go", 3, Cancel);
        await host.RestartAsync();
        Assert.Equal(OrchestrationRuntimeStatus.Suspended, (await host.Client.GetInstanceAsync(id, Cancel))!.RuntimeStatus);

        await host.Client.ResumeInstanceAsync(id, "back", Cancel);

        Assert.Equal(3, (await host.EndAsync(id)).ReadOutputAs<int>());
        Assert.Contains("ExecutionSuspended", host.Events(id));
        Assert.Contains("ExecutionResumed", host.Events(id));
    }

    [Fact]
    public async Task Resume_BehindMoreMessagesThanATurnTakes_LosesNone()
    {
        await using var host = new EngineHost().Orchestrator("Sum", async context =>
        {
            var sum = 0;
            for (var i = 0; i < 2500; i++)
                sum += await context.WaitForExternalEvent<int>("n");
            return sum;
        });
        var id = await host.StartAsync("Sum");
        await host.Client.SuspendInstanceAsync(id, cancellation: Cancel);
        await host.UntilAsync(id, instance => instance.RuntimeStatus == OrchestrationRuntimeStatus.Suspended);
        await Task.WhenAll(Enumerable.Range(0, 2500).Select(n => host.Client.RaiseEventAsync(id, "n", n, Cancel)));

        await host.Client.ResumeInstanceAsync(id, cancellation: Cancel);

        Assert.Equal(2500 * 2499 / 2, (await host.EndAsync(id)).ReadOutputAs<int>());
    }

    [Fact]
    public async Task Terminate_WhileSuspendedOrPending_EndsIt()
    {
        await using var host = Waiting();
        var later = await host.Client.ScheduleNewOrchestrationInstanceAsync(
            "Wait", null, new StartOrchestrationOptions(null, host.Time.GetUtcNow().AddDays(1)), Cancel);
        var suspended = await host.StartAsync("Wait");
        await host.Client.SuspendInstanceAsync(suspended, cancellation: Cancel);

        await host.Client.TerminateInstanceAsync(later, "no", Cancel);
        await host.Client.TerminateInstanceAsync(suspended, "no", Cancel);

        Assert.Equal(OrchestrationRuntimeStatus.Terminated, (await host.EndAsync(later)).RuntimeStatus);
        Assert.Equal(OrchestrationRuntimeStatus.Terminated, (await host.EndAsync(suspended)).RuntimeStatus);
        Assert.Equal(0, host.Count("inbox"));
    }

    [Fact]
    public async Task Terminate_ActivityRuns_ItsTokenFiresAndItsResultIsDropped()
    {
        var started = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        await using var host = new EngineHost()
            .Activity<int, int>("Long", async (_, cancellationToken) =>
            {
                started.TrySetResult();
                try
                {
                    await Task.Delay(Timeout.Infinite, cancellationToken);
                }
                finally
                {
                    cancelled.TrySetResult();
                }
                return 1;
            })
            .Orchestrator("Caller", context => context.CallActivityAsync<int>("Long", 0));
        var id = await host.StartAsync("Caller");
        await started.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancel);

        await host.Client.TerminateInstanceAsync(id, "stop", Cancel);

        Assert.Equal(OrchestrationRuntimeStatus.Terminated, (await host.EndAsync(id)).RuntimeStatus);
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        Assert.Equal(0, host.Count("activities"));
    }

    [Fact]
    public async Task Schedule_IdOfARunningInstance_IsRefused()
    {
        await using var host = Waiting();
        await host.StartAsync("Wait", id: "one");

        await Assert.ThrowsAsync<OrchestrationAlreadyExistsException>(() => host.StartAsync("Wait", id: "one"));
    }

    [Fact]
    public async Task Schedule_IdOfAnEndedInstance_ReplacesIt()
    {
        await using var host = new EngineHost().Orchestrator("Echo", context => Task.FromResult(context.GetInput<int>()));
        await host.RunAsync("Echo", 1, "one");

        Assert.Equal(2, (await host.RunAsync("Echo", 2, "one")).ReadOutputAs<int>());
    }

    [Fact]
    public async Task Schedule_DedupeStatuses_AreKept()
    {
        await using var host = Waiting().Orchestrator("Echo", context => Task.FromResult(context.GetInput<int>()));
        await host.RunAsync("Echo", 1, "one");
        await host.StartAsync("Wait", id: "two");
        var refuseCompleted = new StartOrchestrationOptions("one").WithDedupeStatuses(OrchestrationRuntimeStatus.Completed);
        var replaceAll = new StartOrchestrationOptions("two").WithDedupeStatuses();
        var contradictory = new StartOrchestrationOptions("two").WithDedupeStatuses(OrchestrationRuntimeStatus.Terminated);

        await Assert.ThrowsAsync<OrchestrationAlreadyExistsException>(() => host.Client.ScheduleNewOrchestrationInstanceAsync("Echo", 2, refuseCompleted, Cancel));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Echo", 5, replaceAll, Cancel);
        Assert.Equal(5, (await host.EndAsync("two")).ReadOutputAs<int>());
        await Assert.ThrowsAsync<ArgumentException>(() => host.Client.ScheduleNewOrchestrationInstanceAsync("Echo", 2, contradictory, Cancel));
    }

    [Fact]
    public async Task Restart_EndedInstance_RunsAgainWithItsInput()
    {
        await using var host = new EngineHost().Orchestrator("Echo", context => Task.FromResult(context.GetInput<int>()));
        await host.RunAsync("Echo", 9, "one");

        var fresh = await host.Client.RestartAsync("one", restartWithNewInstanceId: true, Cancel);
        Assert.NotEqual("one", fresh);
        Assert.Equal(9, (await host.EndAsync(fresh)).ReadOutputAs<int>());
        Assert.Equal("one", await host.Client.RestartAsync("one", false, Cancel));
        Assert.Equal(9, (await host.EndAsync("one")).ReadOutputAs<int>());
        await Assert.ThrowsAsync<ArgumentException>(() => host.Client.RestartAsync("nobody", false, Cancel));
    }

    [Fact]
    public async Task Restart_RunningInstanceUnderItsId_IsRefused()
    {
        await using var host = Waiting();
        await host.StartAsync("Wait", id: "one");

        await Assert.ThrowsAsync<InvalidOperationException>(() => host.Client.RestartAsync("one", false, Cancel));
    }

    [Fact]
    public async Task Purge_EndedInstance_RemovesAllOfItAndRunningOnesStay()
    {
        await using var host = Waiting()
            .Orchestrator("Child", _ => Task.FromResult(1))
            .Orchestrator("Parent", context => context.CallSubOrchestratorAsync<int>("Child"));
        await host.RunAsync("Parent", id: "family");
        await host.StartAsync("Wait", id: "running");

        Assert.Equal(0, (await host.Client.PurgeInstanceAsync("running", cancellation: Cancel)).PurgedInstanceCount);
        Assert.Equal(0, (await host.Client.PurgeInstanceAsync("nobody", cancellation: Cancel)).PurgedInstanceCount);
        Assert.Equal(2, (await host.Client.PurgeInstanceAsync("family", new PurgeInstanceOptions(true), Cancel)).PurgedInstanceCount);

        Assert.Null(await host.Client.GetInstanceAsync("family", Cancel));
        Assert.Equal(1, host.Count("instances"));
    }

    [Fact]
    public async Task PurgeAll_Filter_TakesWhatMatches()
    {
        await using var host = new EngineHost()
            .Orchestrator("Good", _ => Task.FromResult(1))
            .Orchestrator<int>("Bad", _ => throw new InvalidOperationException());
        for (var i = 0; i < 5; i++)
        {
            await host.RunAsync("Good");
            await host.RunAsync("Bad");
            host.Time.Advance(TimeSpan.FromMinutes(1));
        }

        var filter = new PurgeInstancesFilter(CreatedTo: host.Time.GetUtcNow().AddMinutes(-2), Statuses: [OrchestrationRuntimeStatus.Failed]);
        var purged = await host.Client.PurgeAllInstancesAsync(filter, cancellation: Cancel);

        Assert.Equal(4, purged.PurgedInstanceCount);
        Assert.True(purged.IsComplete);
        Assert.Equal(6, host.Count("instances"));
    }

    [Fact]
    public async Task Query_InPages_GivesEachMatchOnceInOrderOfCreation()
    {
        await using var host = new EngineHost().Orchestrator("Echo", context => Task.FromResult(context.GetInput<int>()));
        for (var i = 0; i < 25; i++)
            await host.RunAsync("Echo", i, $"job-{i:00}");
        await host.RunAsync("Echo", 99, "other");

        var query = new OrchestrationQuery(InstanceIdPrefix: "job-", PageSize: 10, FetchInputsAndOutputs: true);
        var pages = new List<Page<OrchestrationMetadata>>();
        await foreach (var page in host.Client.GetAllInstancesAsync(query).AsPages().WithCancellation(Cancel))
            pages.Add(page);

        Assert.Equal([10, 10, 5], pages.Select(page => page.Values.Count));
        Assert.Equal(Enumerable.Range(0, 25), pages.SelectMany(page => page.Values).Select(instance => instance.ReadOutputAs<int>()));
        Assert.Throws<ArgumentException>(() => host.Engine.Store.Read(sql =>
            new Hybrid.LocalHost.Durable.Storage.InstanceQuery(query).Page(sql, "nonsense", null)));
    }

    [Fact]
    public async Task Schedule_TagsAndVersion_AreKept()
    {
        await using var host = new EngineHost().Orchestrator("Version", context => Task.FromResult(context.Version));
        var options = new StartOrchestrationOptions("v") { Version = "2.1", Tags = new Dictionary<string, string> { ["tenant"] = "a" } };

        await host.Client.ScheduleNewOrchestrationInstanceAsync("Version", null, options, Cancel);
        var end = await host.EndAsync("v");

        Assert.Equal("2.1", end.ReadOutputAs<string>());
        Assert.Equal("a", end.Tags["tenant"]);
    }

    [Fact]
    public async Task Wait_UnknownInstance_GivesNull()
    {
        await using var host = Waiting();

        Assert.Null(await host.Client.WaitForInstanceCompletionAsync("nobody", Cancel));
        Assert.Null(await host.Client.WaitForInstanceStartAsync("nobody", Cancel));
    }

    [Fact]
    public async Task WaitForStart_RunningInstance_ReturnsWithoutInputs()
    {
        await using var host = Waiting();
        var id = await host.StartAsync("Wait", "in");

        var started = await host.Client.WaitForInstanceStartAsync(id, Cancel).WaitAsync(TimeSpan.FromSeconds(30), Cancel);

        Assert.Equal(OrchestrationRuntimeStatus.Running, started.RuntimeStatus);
        Assert.Null(started.SerializedInput);
    }
}
