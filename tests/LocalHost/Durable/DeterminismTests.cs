using Hybrid.LocalHost.Durable.History;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Hybrid.LocalHost.Tests.Durable;

public sealed class DeterminismTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>What the code asks for before and after a "deployment" that changes it while the instance waits.</summary>
    public static TheoryData<string, string> Changes => new()
    {
        { "A", "B" },
        { "A", "timer" },
        { "A", "nothing" },
        { "A", "A twice" },
        { "nothing", "A" },
        { "timer", "A" },
        { "child", "other child" },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Replay_CodeChanged_FailsAndSaysWhere(string before, string after)
    {
        var code = before;
        await using var host = new EngineHost()
            .Activity("A", (int n) => n)
            .Activity("B", (int n) => n)
            .Orchestrator("Child", context => context.WaitForExternalEvent<int>("never"))
            .Orchestrator("Changing", async context =>
            {
                Request(context, code);
                await context.WaitForExternalEvent<bool>("go");
                return 1;
            });
        var id = await host.StartAsync("Changing");
        await host.UntilAsync(id, instance => instance.IsRunning);

        code = after;
        await host.Client.RaiseEventAsync(id, "go", true, Cancel);
        var end = await host.EndAsync(id);

        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.Equal(Failures.NonDeterminism, end.FailureDetails?.ErrorType);
        Assert.Contains("#", end.FailureDetails?.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Orchestrator_AwaitsRealTime_FailsAndSaysSo()
    {
        await using var host = new EngineHost().Orchestrator("Impatient", async _ =>
        {
            await Task.Delay(TimeSpan.FromMinutes(10), Cancel);
            return 1;
        });

        var end = await host.RunAsync("Impatient");

        Assert.Contains("not durable", end.FailureDetails?.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Orchestrator_LeavesItsThread_FailsInsteadOfHanging()
    {
        await using var host = new EngineHost()
            .Activity("A", (int n) => n)
            .Orchestrator("Loose", async context =>
            {
                await context.CallActivityAsync<int>("A", 1).ConfigureAwait(false);
                await Task.Yield();
                return await context.CallActivityAsync<int>("A", 2).ConfigureAwait(false);
            });

        var end = await host.RunAsync("Loose");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.Equal("System.InvalidOperationException", end.FailureDetails?.ErrorType);
    }

    [Fact]
    public async Task History_TooLong_FailsWithAdvice()
    {
        await using var host = new EngineHost()
            .Activity("A", (int n) => n)
            .Orchestrator("Endless", async context =>
            {
                while (true)
                    await context.CallActivityAsync<int>("A", 1);
#pragma warning disable CS0162
                return 0;
#pragma warning restore CS0162
            });
        host.Options.MaxHistoryEvents = 100;

        var end = await host.RunAsync("Endless");

        Assert.Equal("HistoryTooLong", end.FailureDetails?.ErrorType);
        Assert.Contains("ContinueAsNew", end.FailureDetails?.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Payload_TooLarge_FailsWhereItIsMade()
    {
        var big = new string('x', 3000);
        await using var host = new EngineHost()
            .Activity("Big", (int n) => new string('x', n))
            .Orchestrator("Result", context => context.CallActivityAsync<string>("Big", 3000))
            .Orchestrator("Input", context => context.CallActivityAsync<string>("Big", big))
            .Orchestrator("Output", _ => Task.FromResult(big));
        host.Options.MaxPayloadCharacters = 2048;

        Assert.Equal("PayloadTooLarge", (await host.RunAsync("Result")).FailureDetails?.InnerFailure?.ErrorType);
        Assert.Contains("limit is 2048", (await host.RunAsync("Input")).FailureDetails?.ErrorMessage, StringComparison.Ordinal);
        Assert.Contains("limit is 2048", (await host.RunAsync("Output")).FailureDetails?.ErrorMessage, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => host.StartAsync("Output", big));
    }

    private static void Request(TaskOrchestrationContext context, string what)
    {
        switch (what)
        {
            case "A" or "B":
                _ = context.CallActivityAsync<int>(what, 1);
                break;
            case "A twice":
                _ = context.CallActivityAsync<int>("A", 1);
                _ = context.CallActivityAsync<int>("A", 1);
                break;
            case "timer":
                _ = context.CreateTimer(TimeSpan.FromDays(1), CancellationToken.None);
                break;
            case "child" or "other child":
                _ = context.CallSubOrchestratorAsync<int>("Child", null, new SubOrchestrationOptions(instanceId: what));
                break;
        }
    }
}
