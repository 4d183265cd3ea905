using Hybrid.LocalHost.Durable.History;

namespace Hybrid.LocalHost.Durable.Replay;

/// <summary>Something that an orchestrator asks the engine to do. A new one is carried out when its turn commits; a replayed one must be in the history.</summary>
internal abstract record OrchestratorAction(int TaskId)
{
    public abstract TaskRequested ToEvent(DateTime at);

    /// <summary>What the request is, for an error message.</summary>
    public abstract string Describe();
}

internal sealed record ScheduleActivity(int TaskId, string Name, string Version, string? Input, IReadOnlyDictionary<string, string>? Tags) : OrchestratorAction(TaskId)
{
    public override TaskRequested ToEvent(DateTime at) => new ActivityScheduled(at, TaskId, Name);

    public override string Describe() => $"activity '{Name}'";
}

internal sealed record CreateTimer(int TaskId, DateTime FireAt) : OrchestratorAction(TaskId)
{
    public override TaskRequested ToEvent(DateTime at) => new TimerCreated(at, TaskId, FireAt);

    public override string Describe() => "a timer";
}

internal sealed record StartSubOrchestration(int TaskId, string Name, string Version, string InstanceId, string? Input, IReadOnlyDictionary<string, string>? Tags) : OrchestratorAction(TaskId)
{
    public override TaskRequested ToEvent(DateTime at) => new SubOrchestrationCreated(at, TaskId, Name, InstanceId);

    public override string Describe() => $"sub-orchestration '{Name}' as '{InstanceId}'";
}

internal sealed record SendEvent(int TaskId, string InstanceId, string Name, string? Input) : OrchestratorAction(TaskId)
{
    public override TaskRequested ToEvent(DateTime at) => new EventSent(at, TaskId, Name, InstanceId);

    public override string Describe() => $"event '{Name}' to '{InstanceId}'";
}
