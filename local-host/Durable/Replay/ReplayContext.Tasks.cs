using System.Collections.ObjectModel;
using Microsoft.DurableTask;

namespace Hybrid.LocalHost.Durable.Replay;

/// <summary>The requests: activities, sub-orchestrations, timers, events.</summary>
internal sealed partial class ReplayContext
{
    public override async Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null)
    {
        EnsureOnPump();
        RequireName(name);
        if (input is TaskOptions && options is null)
            throw new ArgumentException("TaskOptions were given as the activity's input: name the parameter (options: …).", nameof(input));

        var json = payloads.Write(input, $"The input of activity '{name.Name}'");
        var version = options?.Version?.Version ?? Version;
        var outcome = await new RetryLoop(this, options?.Retry).RunAsync(
            () => _tasks.Open(new ScheduleActivity(_tasks.NextTaskId(), name.Name, version, json, Copy(options?.Tags))));
        return Read<TResult>(name, outcome);
    }

    public override async Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, object? input = null, TaskOptions? options = null)
    {
        EnsureOnPump();
        RequireName(orchestratorName);
        var json = payloads.Write(input, $"The input of sub-orchestration '{orchestratorName.Name}'");
        var instanceId = (options as SubOrchestrationOptions)?.InstanceId ?? NewGuid().ToString("N");
        var version = options?.Version?.Version ?? "";
        var outcome = await new RetryLoop(this, options?.Retry).RunAsync(
            () => _tasks.Open(new StartSubOrchestration(_tasks.NextTaskId(), orchestratorName.Name, version, instanceId, json, Copy(options?.Tags))));
        return Read<TResult>(orchestratorName, outcome);
    }

    public override async Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        EnsureOnPump();
        var taskId = _tasks.NextTaskId();
        var fired = _tasks.Open(new CreateTimer(taskId, fireAt.ToUniversalTime()));
        // A cancel from another thread (a wall-clock timeout) would not happen again in a replay: it is not taken.
        await using var registration = cancellationToken.Register(() =>
        {
            if (pump.IsInside)
                _tasks.CancelTimer(taskId, cancellationToken);
        });
        await fired;
    }

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default)
    {
        EnsureOnPump();
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        return _events.Wait<T>(eventName, cancellationToken);
    }

    public override void SendEvent(string instanceId, string eventName, object payload)
    {
        EnsureOnPump();
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        _tasks.Request(new SendEvent(_tasks.NextTaskId(), instanceId, eventName, payloads.Write(payload, $"The event '{eventName}'")));
    }

    private T Read<T>(TaskName name, TaskOutcome outcome)
    {
        if (outcome.Failure is { } failure)
            throw new TaskFailedException(name.Name, outcome.TaskId, failure.ToDetails());
        try
        {
            return payloads.Converter.Deserialize<T>(outcome.Result)!;
        }
        catch (Exception unreadable) when (unreadable is not OutOfMemoryException)
        {
            throw new TaskFailedException(name.Name, outcome.TaskId, unreadable);
        }
    }

    private static void RequireName(TaskName name)
    {
        if (string.IsNullOrEmpty(name.Name))
            throw new ArgumentException("A task needs a name.", nameof(name));
    }

    private static ReadOnlyDictionary<string, string>? Copy(IDictionary<string, string>? tags) =>
        tags is null ? null : new ReadOnlyDictionary<string, string>(new Dictionary<string, string>(tags));
}
