using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Hybrid.LocalHost.Tests.Durable;

public sealed class OrchestrationTests
{
    [Fact]
    public async Task Orchestration_CallsActivitiesInOrder_ReturnsTheirResults()
    {
        await using var host = new EngineHost()
            .Activity("Double", (int n) => n * 2)
            .Orchestrator("Chain", async context =>
            {
                var n = context.GetInput<int>();
                for (var i = 0; i < 5; i++)
                    n = await context.CallActivityAsync<int>("Double", n);
                return n;
            });

        var end = await host.RunAsync("Chain", 3);

        Assert.Equal(OrchestrationRuntimeStatus.Completed, end.RuntimeStatus);
        Assert.Equal(96, end.ReadOutputAs<int>());
        Assert.Equal(3, end.ReadInputAs<int>());
    }

    [Fact]
    public async Task Orchestration_FansOut_GetsEachResultInItsPlace()
    {
        await using var host = new EngineHost()
            .Activity("Square", (int n) => n * n)
            .Orchestrator("Fan", context => Task.WhenAll(Enumerable.Range(0, 300).Select(n => context.CallActivityAsync<int>("Square", n))));

        var end = await host.RunAsync("Fan");

        Assert.Equal(Enumerable.Range(0, 300).Select(n => n * n), end.ReadOutputAs<int[]>());
    }

    [Fact]
    public async Task Orchestration_Replayed_SeesTheSameTimesAndGuids()
    {
        var seen = new List<(DateTime, Guid)[]>();
        await using var host = new EngineHost()
            .Activity("Step", (int n) => n)
            .Orchestrator("Clock", async context =>
            {
                var mine = new List<(DateTime, Guid)>();
                for (var i = 0; i < 4; i++)
                {
                    mine.Add((context.CurrentUtcDateTime, context.NewGuid()));
                    await context.CallActivityAsync<int>("Step", i);
                }
                lock (seen)
                    seen.Add([.. mine]);
                return mine.Count;
            });
        host.Time.AutoAdvanceAmount = TimeSpan.FromMilliseconds(7);

        var id = await host.StartAsync("Clock");
        await host.EndAsync(id);
        var first = Assert.Single(seen);

        Assert.Equal(4, first.Select(pair => pair.Item2).Distinct().Count());
        Assert.Equal(4, first.Select(pair => pair.Item1).Distinct().Count());
        Assert.Equal(first.OrderBy(pair => pair.Item1), first);
        Assert.All(first, pair => Assert.Equal(DateTimeKind.Utc, pair.Item1.Kind));
    }

    [Fact]
    public async Task IsReplaying_OnlyForThePast_LogsOnce()
    {
        var live = new List<int>();
        await using var host = new EngineHost()
            .Activity("Step", (int n) => n)
            .Orchestrator("Log", async context =>
            {
                for (var i = 0; i < 3; i++)
                {
                    if (!context.IsReplaying)
                        live.Add(i);
                    await context.CallActivityAsync<int>("Step", i);
                }
                return 0;
            });

        await host.RunAsync("Log");

        Assert.Equal([0, 1, 2], live);
    }

    [Fact]
    public async Task Orchestration_Throws_FailsWithItsError()
    {
        await using var host = new EngineHost().Orchestrator<int>("Bad", _ => throw new InvalidOperationException("no luck"));

        var end = await host.RunAsync("Bad");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.Equal("System.InvalidOperationException", end.FailureDetails?.ErrorType);
        Assert.Equal("no luck", end.FailureDetails?.ErrorMessage);
        Assert.True(end.FailureDetails?.IsCausedBy<InvalidOperationException>());
    }

    [Fact]
    public async Task Orchestration_LetsActivityFailureThrough_FailsWithTaskFailedExceptionAndInnerError()
    {
        await using var host = new EngineHost()
            .Activity<string, int>("Break", text => throw new ArgumentException(text))
            .Orchestrator("Caller", context => context.CallActivityAsync<int>("Break", "wrong"));

        var end = await host.RunAsync("Caller");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.Equal("Microsoft.DurableTask.TaskFailedException", end.FailureDetails?.ErrorType);
        Assert.Equal("Task 'Break' (#0) failed with an unhandled exception: wrong", end.FailureDetails?.ErrorMessage);
        Assert.Equal("System.ArgumentException", end.FailureDetails?.InnerFailure?.ErrorType);
        Assert.Equal("wrong", end.FailureDetails?.InnerFailure?.ErrorMessage);
    }

    [Fact]
    public async Task Activity_Fails_OrchestratorCanCatchAndReadWhy()
    {
        await using var host = new EngineHost()
            .Activity<string, int>("Break", text => throw new InvalidOperationException(text, new TimeoutException("inner")))
            .Orchestrator("Catcher", async context =>
            {
                try
                {
                    return (await context.CallActivityAsync<int>("Break", "x")).ToString(System.Globalization.CultureInfo.InvariantCulture);
                }
                catch (TaskFailedException failed)
                {
                    return $"{failed.TaskName} {failed.TaskId} {failed.FailureDetails.ErrorType} {failed.FailureDetails.InnerFailure?.ErrorType}";
                }
            });

        var end = await host.RunAsync("Catcher");

        Assert.Equal("Break 0 System.InvalidOperationException System.TimeoutException", end.ReadOutputAs<string>());
    }

    [Theory]
    [InlineData("Nobody", "OrchestratorTaskNotFound")]
    [InlineData("CallsNobody", "Microsoft.DurableTask.TaskFailedException")]
    public async Task Task_Unknown_FailsAndNamesIt(string name, string errorType)
    {
        await using var host = new EngineHost().Orchestrator("CallsNobody", context => context.CallActivityAsync<int>("Nobody"));

        var end = await host.RunAsync(name);

        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.Equal(errorType, end.FailureDetails?.ErrorType);
        Assert.Contains("'Nobody' was found", end.FailureDetails?.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CustomStatus_Set_IsReadableWhileRunningAndAfter()
    {
        await using var host = new EngineHost().Orchestrator("Status", async context =>
        {
            context.SetCustomStatus(new { stage = "embed" });
            await context.WaitForExternalEvent<bool>("go");
            return 1;
        });

        var id = await host.StartAsync("Status");
        var running = await host.UntilAsync(id, instance => instance.SerializedCustomStatus is not null);
        Assert.Equal("""{"stage":"embed"}""", running.SerializedCustomStatus);
        Assert.True(running.IsRunning);

        await host.Client.RaiseEventAsync(id, "go", true, TestContext.Current.CancellationToken);
        Assert.Equal("""{"stage":"embed"}""", (await host.EndAsync(id)).SerializedCustomStatus);
    }

    [Fact]
    public async Task ContinueAsNew_Repeated_KeepsHistoryShortAndTheInstanceOne()
    {
        await using var host = new EngineHost()
            .Activity("Step", (int n) => n + 1)
            .Orchestrator("Loop", async context =>
            {
                var n = await context.CallActivityAsync<int>("Step", context.GetInput<int>());
                if (n < 20)
                    context.ContinueAsNew(n);
                return n;
            });

        var end = await host.RunAsync("Loop", 0, "loop");

        Assert.Equal(20, end.ReadOutputAs<int>());
        Assert.Equal(1, host.Count("instances"));
        Assert.Equal(["TurnStarted", "ExecutionStarted", "ActivityScheduled", "TurnStarted", "TaskCompleted", "ExecutionCompleted"], host.Events("loop"));
    }

    [Fact]
    public async Task ContinueAsNew_WithEventsNobodyTook_CarriesThemInOrder()
    {
        await using var host = new EngineHost().Orchestrator("Collect", async context =>
        {
            var got = context.GetInput<List<int>>()!;
            got.Add(await context.WaitForExternalEvent<int>("n"));
            if (got.Count < 5)
                context.ContinueAsNew(got);
            return got;
        });
        var id = await host.StartAsync("Collect", new List<int>());
        await host.Client.SuspendInstanceAsync(id, cancellation: TestContext.Current.CancellationToken);
        for (var i = 1; i <= 5; i++)
            await host.Client.RaiseEventAsync(id, "N", i, TestContext.Current.CancellationToken);
        await host.Client.ResumeInstanceAsync(id, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal([1, 2, 3, 4, 5], (await host.EndAsync(id)).ReadOutputAs<List<int>>());
    }

    [Fact]
    public async Task ContinueAsNew_WithoutPreserving_DropsEventsNobodyTook()
    {
        await using var host = new EngineHost().Orchestrator("Drop", async context =>
        {
            if (context.GetInput<bool>())
            {
                await context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None);
                return context.WaitForExternalEvent<int>("other").IsCompleted;
            }
            await context.WaitForExternalEvent<int>("go");
            context.ContinueAsNew(true, preserveUnprocessedEvents: false);
            return false;
        });
        var id = await host.StartAsync("Drop", false);
        await host.Client.RaiseEventAsync(id, "other", 1, TestContext.Current.CancellationToken);
        await host.Client.RaiseEventAsync(id, "go", 1, TestContext.Current.CancellationToken);

        Assert.False((await host.EndWithTimeAsync(id, TimeSpan.FromMinutes(10))).ReadOutputAs<bool>());
    }
}
