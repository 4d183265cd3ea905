using Hybrid.LocalHost.Durable.Engine;
using Hybrid.LocalHost.Durable.History;
using Hybrid.LocalHost.Durable.Storage;
using Hybrid.LocalHost.Durable.Tracing;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Hybrid.LocalHost.Durable.Client;

/// <summary>The SDK's client on the embedded engine. What a call returns is on disk.</summary>
internal sealed partial class EmbeddedDurableTaskClient(DurableEngine engine, TimeProvider time) : DurableTaskClient("embedded")
{
    /// <summary>Characters of an instance id, of an orchestrator's and of an event's name: they are keys of tables.</summary>
    private const int MaxNameLength = 256;

    public override async Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default)
    {
        CheckName(orchestratorName.Name, nameof(orchestratorName));
        var instanceId = options?.InstanceId ?? Guid.NewGuid().ToString("N");
        CheckName(instanceId, nameof(options));
        using var span = DurableSpans.BeginCreation(orchestratorName.Name, instanceId);
        var instance = new NewInstance(
            instanceId, orchestratorName.Name, options?.Version?.Version ?? "", engine.Payloads.Write(input, "The orchestration's input"))
        {
            Tags = options?.Tags,
            StartAt = options?.StartAt?.UtcDateTime,
            Trace = TraceHeaders.Current,
        };
        var dedupe = DedupeStatuses.From(options?.DedupeStatuses);
        await WriteAsync(commit => commit.Create(instance, dedupe), cancellation);
        return instanceId;
    }

    public override async Task RaiseEventAsync(string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default)
    {
        CheckName(instanceId, nameof(instanceId));
        CheckName(eventName, nameof(eventName));
        var payload = engine.Payloads.Write(eventPayload, $"The event '{eventName}'");
        await SendAsync(instanceId, now => new EventRaised(now, eventName, payload), cancellation);
    }

    public override async Task TerminateInstanceAsync(
        string instanceId, TerminateInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        var output = engine.Payloads.Write(options?.Output, "The output of a termination");
        await SendAsync(instanceId, now => new ExecutionTerminated(now, output, options?.Recursive ?? false), cancellation);
    }

    public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        SendAsync(instanceId, now => new ExecutionSuspended(now, reason), cancellation);

    public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        SendAsync(instanceId, now => new ExecutionResumed(now, reason), cancellation);

    public override async Task<string> RestartAsync(string instanceId, bool restartWithNewInstanceId = false, CancellationToken cancellation = default)
    {
        CheckName(instanceId, nameof(instanceId));
        var old = engine.Store.Instance(instanceId)
            ?? throw new ArgumentException($"There is no orchestration with the instance id '{instanceId}'.", nameof(instanceId));
        var newId = restartWithNewInstanceId ? Guid.NewGuid().ToString("N") : instanceId;
        using var span = DurableSpans.BeginCreation(old.Name, newId);
        var instance = new NewInstance(newId, old.Name, old.Version, old.Input) { Tags = old.Tags, Trace = TraceHeaders.Current };
        try
        {
            await WriteAsync(commit => commit.Create(instance), cancellation);
        }
        catch (global::DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException running)
        {
            throw new InvalidOperationException($"The orchestration '{instanceId}' has not ended: it can be restarted only under a new instance id.", running);
        }
        return newId;
    }

    /// <summary>The engine is the host's; it outlives its clients.</summary>
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // Events for instances that are unknown or have ended are dropped, as the SDK says.
    private Task<bool> SendAsync(string instanceId, Func<DateTime, HistoryEvent> message, CancellationToken cancellation)
    {
        CheckName(instanceId, nameof(instanceId));
        var now = time.GetUtcNow().UtcDateTime;
        return WriteAsync(commit => commit.Send(instanceId, message(now)), cancellation);
    }

    private Task<bool> WriteAsync(Action<Commit> write, CancellationToken cancellation) => engine.Store.Writer.RunAsync(
        commit =>
        {
            write(commit);
            return true;
        },
        cancellation);

    private static void CheckName(string? name, string parameter)
    {
        ArgumentException.ThrowIfNullOrEmpty(name, parameter);
        if (name.Length > MaxNameLength || name[0] == '\0')
            throw new ArgumentException($"A name has 1 to {MaxNameLength} characters and does not begin with NUL.", parameter);
    }
}
