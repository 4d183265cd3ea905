using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Hybrid.LocalHost.Tests.Durable;

public sealed class SubOrchestrationTests
{
    [Fact]
    public async Task SubOrchestration_Completes_GivesItsOutputAndKnowsItsParent()
    {
        await using var host = new EngineHost()
            .Orchestrator("Child", context => Task.FromResult($"{context.Parent?.Name.Name} {context.Parent?.InstanceId} {context.GetInput<int>()}"))
            .Orchestrator("Parent", context => context.CallSubOrchestratorAsync<string>("Child", 4, new SubOrchestrationOptions(instanceId: "kid")));

        var end = await host.RunAsync("Parent", id: "mum");

        Assert.Equal("Parent mum 4", end.ReadOutputAs<string>());
        Assert.Equal("Completed", (await host.Client.GetInstanceAsync("kid", TestContext.Current.CancellationToken))!.RuntimeStatus.ToString());
    }

    [Fact]
    public async Task SubOrchestration_Fails_ParentSeesTheChainOfFailures()
    {
        await using var host = new EngineHost()
            .Activity<int, int>("Break", _ => throw new TimeoutException("deep"))
            .Orchestrator("Child", context => context.CallActivityAsync<int>("Break", 0))
            .Orchestrator("Parent", context => context.CallSubOrchestratorAsync<int>("Child"));

        var failure = (await host.RunAsync("Parent")).FailureDetails;

        Assert.Equal("Microsoft.DurableTask.TaskFailedException", failure?.ErrorType);
        Assert.Equal("Microsoft.DurableTask.TaskFailedException", failure?.InnerFailure?.ErrorType);
        Assert.Equal("System.TimeoutException", failure?.InnerFailure?.InnerFailure?.ErrorType);
        Assert.Equal("deep", failure?.InnerFailure?.InnerFailure?.ErrorMessage);
    }

    [Fact]
    public async Task SubOrchestration_IdOfARunningInstance_FailsForTheParentOnly()
    {
        await using var host = new EngineHost()
            .Orchestrator("Wait", context => context.WaitForExternalEvent<int>("go"))
            .Orchestrator("Parent", context => context.CallSubOrchestratorAsync<int>("Wait", null, new SubOrchestrationOptions(instanceId: "taken")));
        await host.StartAsync("Wait", id: "taken");

        var end = await host.RunAsync("Parent");

        Assert.Equal("DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException", end.FailureDetails?.InnerFailure?.ErrorType);
        Assert.False((await host.Client.GetInstanceAsync("taken", TestContext.Current.CancellationToken))!.IsCompleted);
    }

    [Theory]
    [InlineData(false, OrchestrationRuntimeStatus.Running)]
    [InlineData(true, OrchestrationRuntimeStatus.Terminated)]
    public async Task Terminate_Parent_TakesTheChildrenOnlyWhenRecursive(bool recursive, OrchestrationRuntimeStatus childStatus)
    {
        await using var host = new EngineHost()
            .Orchestrator("Wait", context => context.WaitForExternalEvent<int>("go"))
            .Orchestrator("Parent", context => context.CallSubOrchestratorAsync<int>("Wait", null, new SubOrchestrationOptions(instanceId: "kid")));
        var id = await host.StartAsync("Parent");
        await host.UntilAsync("kid", instance => instance.IsRunning);

        await host.Client.TerminateInstanceAsync(id, new TerminateInstanceOptions("over", recursive), TestContext.Current.CancellationToken);
        var end = await host.EndAsync(id);

        Assert.Equal(OrchestrationRuntimeStatus.Terminated, end.RuntimeStatus);
        Assert.Equal("over", end.ReadOutputAs<string>());
        await host.UntilAsync("kid", instance => instance.RuntimeStatus == childStatus);
    }

    [Fact]
    public async Task Terminate_Child_FailsInTheParent()
    {
        await using var host = new EngineHost()
            .Orchestrator("Wait", context => context.WaitForExternalEvent<int>("go"))
            .Orchestrator("Parent", context => context.CallSubOrchestratorAsync<int>("Wait", null, new SubOrchestrationOptions(instanceId: "kid")));
        var id = await host.StartAsync("Parent");
        await host.UntilAsync("kid", instance => instance.IsRunning);

        await host.Client.TerminateInstanceAsync("kid", cancellation: TestContext.Current.CancellationToken);

        Assert.Equal("OrchestrationTerminated", (await host.EndAsync(id)).FailureDetails?.InnerFailure?.ErrorType);
    }

    [Fact]
    public async Task SendEvent_ToAnotherOrchestration_ArrivesThere()
    {
        await using var host = new EngineHost()
            .Orchestrator("Receiver", context => context.WaitForExternalEvent<string>("hello"))
            .Orchestrator("Sender", context =>
            {
                context.SendEvent(context.GetInput<string>()!, "hello", "from me");
                return Task.FromResult(true);
            });
        var receiver = await host.StartAsync("Receiver");

        await host.RunAsync("Sender", receiver);

        Assert.Equal("from me", (await host.EndAsync(receiver)).ReadOutputAs<string>());
    }
}
