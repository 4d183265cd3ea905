using System.Diagnostics;
using Hybrid.LocalHost.Durable.History;
using Hybrid.LocalHost.Durable.Replay;
using Hybrid.LocalHost.Durable.Storage;

namespace Hybrid.LocalHost.Durable.Tracing;

/// <summary>
/// The spans of one execution of an orchestration: its own, and one for each task and each timer from its scheduling to its end. They may
/// begin in another process than they end in, so each is made when it has ended, from what the history knows of its begin, by the turn
/// that took its end. A turn is committed once, and its spans are made after that: a replay makes none.
/// </summary>
internal static class ExecutionSpans
{
    /// <summary>Makes the execution's span the current one, for the logs of a turn; dispose it when the turn ends. It is never exported.</summary>
    public static Activity? Enter(InstanceRow instance)
    {
        if (!DurableSpans.Source.HasListeners() || !instance.Trace.TryRead(out var parent))
            return null;
        var turn = new Activity("turn") { TraceStateString = parent.TraceState };
        turn.SetParentId(parent.TraceId, parent.SpanId, parent.TraceFlags).Start();
        SpanIds.Give(turn, SpanIds.Of(instance.ExecutionId));
        return turn;
    }

    /// <summary>The spans that ended in a turn.</summary>
    /// <param name="instance">Whose turn it was.</param>
    /// <param name="history">What happened before the turn.</param>
    /// <param name="outcome">What the turn changed; committed.</param>
    /// <param name="now">The turn's time (UTC).</param>
    public static void Ended(InstanceRow instance, IReadOnlyList<HistoryEvent> history, TurnOutcome outcome, DateTime now)
    {
        if (!DurableSpans.Source.HasListeners() || !instance.Trace.Below(SpanIds.Of(instance.ExecutionId)).TryRead(out var execution))
            return;
        var open = history.Concat(outcome.Events).OfType<TaskRequested>().ToDictionary(request => request.TaskId);
        foreach (var past in history)
            _ = TaskOf(past) is { } ended && open.Remove(ended);
        foreach (var happened in outcome.Events)
        {
            if (TaskOf(happened) is { } taskId && open.Remove(taskId, out var request))
                Add(instance, execution, request, happened, happened is TimerFired ? now : happened.At);
        }
        if (!outcome.IsFinal && outcome.Continued is null)
            return;
        // Nobody takes the results of these any more, but what ran for them is below them.
        foreach (var request in open.Values)
            Add(instance, execution, request, end: null, now);
        Add(instance, history.Count > 0 ? history[0].At : now, outcome, now);
    }

    private static int? TaskOf(HistoryEvent happened) => happened switch
    {
        TaskCompleted completed => completed.TaskId,
        TaskFailed failed => failed.TaskId,
        TimerFired fired => fired.TaskId,
        _ => null,
    };

    private static void Add(InstanceRow instance, DateTime begin, TurnOutcome outcome, DateTime end)
    {
        instance.Trace.TryRead(out var parent);
        using var span = Begin($"orchestration:{instance.Name}", ActivityKind.Server, parent, begin, "orchestration", instance.Name, instance.Id);
        if (span is null)
            return;
        SpanIds.Give(span, SpanIds.Of(instance.ExecutionId));
        span.SetTag("durabletask.task.status", outcome.Continued is null ? outcome.Status.ToString() : "ContinuedAsNew");
        if (outcome.Failure is { } failure)
            SetFailed(span, failure);
        span.SetEndTime(end);
    }

    private static void Add(InstanceRow instance, ActivityContext execution, TaskRequested request, HistoryEvent? end, DateTime endedAt)
    {
        using var span = request switch
        {
            ActivityScheduled => Begin($"activity:{request.Name}", ActivityKind.Client, execution, request.At, "activity", request.Name, instance.Id),
            SubOrchestrationCreated => Begin($"orchestration:{request.Name}", ActivityKind.Client, execution, request.At, "orchestration", request.Name, instance.Id),
            // A timer that was not needed any more is no part of what happened.
            TimerCreated when end is not null => Begin(
                $"orchestration:{instance.Name}:timer", ActivityKind.Internal, execution, request.At, "timer", instance.Name, instance.Id),
            _ => null,
        };
        if (span is null)
            return;
        SpanIds.Give(span, SpanIds.Of(instance.ExecutionId, request.TaskId));
        span.SetTag(DurableSpans.TaskId, request.TaskId);
        if (end is TaskFailed { Failure: { } failure })
            SetFailed(span, failure);
        span.SetEndTime(endedAt);
    }

    private static Activity? Begin(string name, ActivityKind kind, ActivityContext parent, DateTime at, string type, string task, string instanceId) =>
        DurableSpans.Source.StartActivity(name, kind, parent, startTime: at)
            ?.SetTag(DurableSpans.TaskType, type).SetTag(DurableSpans.TaskName, task).SetTag(DurableSpans.InstanceId, instanceId);

    private static void SetFailed(Activity span, Failure failure) =>
        span.SetStatus(ActivityStatusCode.Error, failure.ErrorMessage).SetTag("error.type", failure.ErrorType);
}
