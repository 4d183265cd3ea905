using Hybrid.LocalHost.Durable.Replay;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Hybrid.LocalHost.Tests.Durable;

public sealed class RetryTests
{
    [Fact]
    public async Task Policy_ActivityFailsTwice_SucceedsAfterDurableWaits()
    {
        var attempts = new List<DateTimeOffset>();
        await using var host = new EngineHost();
        host.Activity<int, string>("Flaky", _ =>
        {
            attempts.Add(host.Time.GetUtcNow());
            return attempts.Count < 3 ? throw new TimeoutException("busy") : "done";
        });
        var policy = new RetryPolicy(5, TimeSpan.FromSeconds(10), backoffCoefficient: 3);
        host.Orchestrator("Retry", context => context.CallActivityAsync<string>("Flaky", 0, TaskOptions.FromRetryPolicy(policy)));

        var id = await host.StartAsync("Retry");
        var end = await host.EndWithTimeAsync(id);

        Assert.Equal("done", end.ReadOutputAs<string>());
        Assert.Equal(3, attempts.Count);
        Assert.InRange(attempts[1] - attempts[0], TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(11));
        Assert.InRange(attempts[2] - attempts[1], TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(31));
    }

    [Fact]
    public async Task Policy_Exhausted_FailsWithTheLastErrorInside()
    {
        var attempts = 0;
        await using var host = new EngineHost()
            .Activity<int, int>("Never", _ => throw new TimeoutException($"busy {++attempts}"))
            .Orchestrator("Retry", context =>
                context.CallActivityAsync<int>("Never", 0, TaskOptions.FromRetryPolicy(new RetryPolicy(3, TimeSpan.FromSeconds(1)))));

        var end = await host.EndWithTimeAsync(await host.StartAsync("Retry"));

        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.Equal("Microsoft.DurableTask.TaskFailedException", end.FailureDetails?.ErrorType);
        Assert.Equal("busy 3", end.FailureDetails?.InnerFailure?.ErrorMessage);
        Assert.Equal(3, attempts);
    }

    [Fact]
    public async Task Policy_HandleFailureRefuses_DoesNotRetry()
    {
        var attempts = 0;
        var policy = new RetryPolicy(5, TimeSpan.FromSeconds(1)) { HandleFailure = failure => failure.IsCausedBy<TimeoutException>() };
        await using var host = new EngineHost()
            .Activity<int, int>("Bad", _ => throw new ArgumentException($"{++attempts}"))
            .Orchestrator("Retry", context => context.CallActivityAsync<int>("Bad", 0, TaskOptions.FromRetryPolicy(policy)));

        var end = await host.EndWithTimeAsync(await host.StartAsync("Retry"));

        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.Equal(1, attempts);
    }

    [Fact]
    public async Task Policy_RetryTimeoutPassed_StopsAfterTheAttemptThatPassedIt()
    {
        var attempts = 0;
        var policy = new RetryPolicy(100, TimeSpan.FromSeconds(10), retryTimeout: TimeSpan.FromSeconds(25));
        await using var host = new EngineHost()
            .Activity<int, int>("Bad", _ => throw new TimeoutException($"{++attempts}"))
            .Orchestrator("Retry", context => context.CallActivityAsync<int>("Bad", 0, TaskOptions.FromRetryPolicy(policy)));

        await host.EndWithTimeAsync(await host.StartAsync("Retry"));

        // At 0, 10, 20 and 30 seconds: the fourth fails after the 25th second.
        Assert.Equal(4, attempts);
    }

    [Fact]
    public async Task Policy_UnknownActivity_IsNotRetried()
    {
        await using var host = new EngineHost().Orchestrator("Retry", context =>
            context.CallActivityAsync<int>("Nobody", 0, TaskOptions.FromRetryPolicy(new RetryPolicy(5, TimeSpan.FromDays(1), maxRetryInterval: TimeSpan.FromDays(2)))));

        var end = await host.RunAsync("Retry");

        Assert.Equal("ActivityTaskNotFound", end.FailureDetails?.InnerFailure?.ErrorType);
    }

    [Fact]
    public async Task Handler_Decides_WithAttemptNumberAndFailure()
    {
        var asked = new List<string>();
        var attempts = 0;
        await using var host = new EngineHost()
            .Activity<int, int>("Flaky", n => ++attempts < 3 ? throw new TimeoutException("busy") : n)
            .Orchestrator("Retry", context => context.CallActivityAsync<int>("Flaky", 7, TaskOptions.FromRetryHandler(retry =>
            {
                if (!retry.OrchestrationContext.IsReplaying)
                    asked.Add($"{retry.LastAttemptNumber} {retry.LastFailure.ErrorType}");
                return retry.LastAttemptNumber < 5;
            })));

        var end = await host.RunAsync("Retry");

        Assert.Equal(7, end.ReadOutputAs<int>());
        Assert.Equal(["1 System.TimeoutException", "2 System.TimeoutException"], asked);
    }

    [Fact]
    public async Task Policy_OnSubOrchestration_StartsItAgain()
    {
        var runs = 0;
        await using var host = new EngineHost()
            .Activity<int, int>("Flaky", _ => ++runs < 3 ? throw new TimeoutException("busy") : runs)
            .Orchestrator("Child", context => context.CallActivityAsync<int>("Flaky", 0))
            .Orchestrator("Parent", context => context.CallSubOrchestratorAsync<int>(
                "Child", null, new SubOrchestrationOptions(TaskOptions.FromRetryPolicy(new RetryPolicy(4, TimeSpan.FromSeconds(5))), "child")));

        var end = await host.EndWithTimeAsync(await host.StartAsync("Parent"));

        Assert.Equal(3, end.ReadOutputAs<int>());
    }

    [Theory]
    [InlineData(1, 1000)]
    [InlineData(2, 2000)]
    [InlineData(3, 4000)]
    [InlineData(4, 5000)]
    [InlineData(500, 5000)]
    public void Delay_Attempt_GrowsToTheLongestInterval(int attempts, int milliseconds)
    {
        var policy = new RetryPolicy(1000, TimeSpan.FromSeconds(1), 2, TimeSpan.FromSeconds(5));

        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), RetryLoop.Delay(policy, attempts));
    }
}
