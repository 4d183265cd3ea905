using System.Text.Json.Serialization;

namespace Hybrid.LocalHost.Durable.History;

/// <summary>
/// One thing that happened to an orchestration. The history is the only state of an orchestrator: its code is run again over it at every turn.
/// Events also travel through the inbox before a turn takes them into the history.
/// </summary>
/// <param name="At">When it happened (UTC).</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(TurnStarted), nameof(TurnStarted))]
[JsonDerivedType(typeof(ExecutionStarted), nameof(ExecutionStarted))]
[JsonDerivedType(typeof(ActivityScheduled), nameof(ActivityScheduled))]
[JsonDerivedType(typeof(TimerCreated), nameof(TimerCreated))]
[JsonDerivedType(typeof(TimerFired), nameof(TimerFired))]
[JsonDerivedType(typeof(SubOrchestrationCreated), nameof(SubOrchestrationCreated))]
[JsonDerivedType(typeof(TaskCompleted), nameof(TaskCompleted))]
[JsonDerivedType(typeof(TaskFailed), nameof(TaskFailed))]
[JsonDerivedType(typeof(EventRaised), nameof(EventRaised))]
[JsonDerivedType(typeof(EventSent), nameof(EventSent))]
[JsonDerivedType(typeof(ExecutionSuspended), nameof(ExecutionSuspended))]
[JsonDerivedType(typeof(ExecutionResumed), nameof(ExecutionResumed))]
[JsonDerivedType(typeof(ExecutionTerminated), nameof(ExecutionTerminated))]
[JsonDerivedType(typeof(ExecutionCompleted), nameof(ExecutionCompleted))]
internal abstract record HistoryEvent(DateTime At)
{
    /// <summary>Whether this is for the engine alone: it never reaches the orchestrator's code.</summary>
    [JsonIgnore]
    public bool IsControl => this is ExecutionSuspended or ExecutionResumed or ExecutionTerminated;
}

/// <summary>A turn began: until the next one the orchestrator's clock stands at <see cref="HistoryEvent.At"/>.</summary>
internal sealed record TurnStarted(DateTime At) : HistoryEvent(At);

internal sealed record ExecutionStarted(DateTime At, string Name, string? Input) : HistoryEvent(At);

/// <summary>What an orchestrator asked for. <paramref name="TaskId"/> counts its requests from 0; a replay must make the same request under the same number.</summary>
internal abstract record TaskRequested(DateTime At, int TaskId, string Name) : HistoryEvent(At);

internal sealed record ActivityScheduled(DateTime At, int TaskId, string Name) : TaskRequested(At, TaskId, Name);

internal sealed record TimerCreated(DateTime At, int TaskId, DateTime FireAt) : TaskRequested(At, TaskId, "timer");

internal sealed record SubOrchestrationCreated(DateTime At, int TaskId, string Name, string InstanceId) : TaskRequested(At, TaskId, Name);

internal sealed record EventSent(DateTime At, int TaskId, string Name, string InstanceId) : TaskRequested(At, TaskId, Name);

/// <summary>The result of an activity or a sub-orchestration, as JSON.</summary>
internal sealed record TaskCompleted(DateTime At, int TaskId, string? Result) : HistoryEvent(At);

internal sealed record TaskFailed(DateTime At, int TaskId, Failure Failure) : HistoryEvent(At);

internal sealed record TimerFired(DateTime At, int TaskId) : HistoryEvent(At);

internal sealed record EventRaised(DateTime At, string Name, string? Input) : HistoryEvent(At);

internal sealed record ExecutionSuspended(DateTime At, string? Reason) : HistoryEvent(At);

internal sealed record ExecutionResumed(DateTime At, string? Reason) : HistoryEvent(At);

/// <param name="At">When it was asked for (UTC).</param>
/// <param name="Output">What the instance's output becomes, as JSON.</param>
/// <param name="Recursive">Whether the sub-orchestrations that it started are terminated as well.</param>
internal sealed record ExecutionTerminated(DateTime At, string? Output, bool Recursive) : HistoryEvent(At);

internal sealed record ExecutionCompleted(DateTime At, string Status) : HistoryEvent(At);
