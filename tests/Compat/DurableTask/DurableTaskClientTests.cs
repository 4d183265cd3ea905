using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Hybrid.Compat.Tests.DurableTask;

public sealed class DurableTaskClientTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Overloads_ReachTheAbstractMethods()
    {
        await using var client = new RecordingClient();
        await client.ScheduleNewOrchestrationInstanceAsync("Rag", Cancellation);
        await client.ScheduleNewOrchestrationInstanceAsync("Rag", "input", Cancellation);
        await client.ScheduleNewOrchestrationInstanceAsync("Rag", new StartOrchestrationOptions("id"), Cancellation);
        await client.RaiseEventAsync("id", "go", Cancellation);
        await client.WaitForInstanceStartAsync("id", Cancellation);
        await client.WaitForInstanceCompletionAsync("id", Cancellation);
        await client.SuspendInstanceAsync("id", Cancellation);
        await client.ResumeInstanceAsync("id", Cancellation);
        await client.GetInstanceAsync("id", Cancellation);
        await client.GetInstanceAsync("id", true, Cancellation);
        await client.TerminateInstanceAsync("id", Cancellation);
        await client.TerminateInstanceAsync("id", (object)"why", Cancellation);

        Assert.Equal("test", client.Name);
        Assert.Equal(
            [
                "schedule Rag  ",
                "schedule Rag input ",
                "schedule Rag  id",
                "raise id go ",
                "started id False",
                "completed id False",
                "suspend id ",
                "resume id ",
                "get id False",
                "get id True",
                "terminate id ",
                "terminate id why",
            ],
            client.Calls);
    }

    [Fact]
    public async Task WhatABackendLeavesOut_SaysSo()
    {
        await using var client = new RecordingClient();
        await Assert.ThrowsAsync<NotSupportedException>(() => client.PurgeInstanceAsync("id", Cancellation));
        await Assert.ThrowsAsync<NotSupportedException>(() => client.PurgeAllInstancesAsync(new PurgeInstancesFilter(), Cancellation));
        await Assert.ThrowsAsync<NotSupportedException>(() => client.RestartAsync("id", cancellation: Cancellation));
        await Assert.ThrowsAsync<NotSupportedException>(() => client.RewindInstanceAsync("id", "why", Cancellation));
        await Assert.ThrowsAsync<NotSupportedException>(() => client.ListInstanceIdsAsync(cancellation: Cancellation));
    }

    [Fact]
    public async Task Pages_AreFetchedUntilThereIsNoToken()
    {
        var tokens = new List<string?>();
        var pageable = Pageable.Create<int>((token, cancellation) =>
        {
            cancellation.ThrowIfCancellationRequested();
            tokens.Add(token);
            var page = token is null ? 0 : int.Parse(token, System.Globalization.CultureInfo.InvariantCulture);
            return Task.FromResult(new Page<int>([page * 2, (page * 2) + 1], page < 2 ? $"{page + 1}" : null));
        });

        var values = new List<int>();
        await foreach (var value in pageable.WithCancellation(Cancellation))
            values.Add(value);
        Assert.Equal([0, 1, 2, 3, 4, 5], values);
        Assert.Equal([null, "1", "2"], tokens);

        await foreach (var page in pageable.AsPages("2").WithCancellation(Cancellation))
            Assert.Equal([4, 5], page.Values);
    }

    [Fact]
    public async Task Pages_AreNotFetchedOnceCancelled()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        var pageable = Pageable.Create<int>((_, _, cancellation) => Task.FromCanceled<Page<int>>(cancellation));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in pageable.WithCancellation(cancelled.Token))
                Assert.Fail("a value of a cancelled query");
        });
    }

    private sealed class RecordingClient() : DurableTaskClient("test")
    {
        public List<string> Calls { get; } = [];

        public override Task<string> ScheduleNewOrchestrationInstanceAsync(
            TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default)
        {
            Calls.Add($"schedule {orchestratorName} {input} {options?.InstanceId}");
            return Task.FromResult("id");
        }

        public override Task RaiseEventAsync(string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default) =>
            Called($"raise {instanceId} {eventName} {eventPayload}");

        public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(
            string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
            Called($"started {instanceId} {getInputsAndOutputs}")!;

        public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
            string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
            Called($"completed {instanceId} {getInputsAndOutputs}")!;

        public override Task TerminateInstanceAsync(
            string instanceId, TerminateInstanceOptions? options = null, CancellationToken cancellation = default) =>
            Called($"terminate {instanceId} {options?.Output}");

        public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
            Called($"suspend {instanceId} {reason}");

        public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
            Called($"resume {instanceId} {reason}");

        public override Task<OrchestrationMetadata?> GetInstancesAsync(
            string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
            Called($"get {instanceId} {getInputsAndOutputs}");

        public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null) =>
            Pageable.Create<OrchestrationMetadata>((_, _) => Task.FromResult(new Page<OrchestrationMetadata>([])));

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private Task<OrchestrationMetadata?> Called(string call)
        {
            Calls.Add(call);
            return Task.FromResult<OrchestrationMetadata?>(new OrchestrationMetadata("Rag", "id"));
        }
    }
}
