using Hybrid.LocalHost.Durable.History;

namespace Hybrid.LocalHost.Durable.Replay;

/// <summary>
/// Numbers an orchestrator's requests, holds those that are open, and compares them with the history:
/// every recorded request must be repeated under its number, and no other may be made while the past is replayed.
/// </summary>
internal sealed class TaskLedger
{
    private readonly Dictionary<int, TaskCompletionSource<TaskOutcome>> _open = [];
    private readonly SortedDictionary<int, OrchestratorAction> _unconfirmed = [];
    private readonly List<int> _cancelledTimers = [];
    private int _nextTaskId;

    public int OpenCount => _open.Count;

    /// <summary>Requests that the history does not hold yet, in the order in which they were made.</summary>
    public IReadOnlyCollection<OrchestratorAction> Unconfirmed => _unconfirmed.Values;

    /// <summary>Timers that are no longer wanted, recorded and new ones.</summary>
    public IReadOnlyList<int> CancelledTimers => _cancelledTimers;

    public int NextTaskId() => _nextTaskId++;

    /// <summary>Makes a request that nobody waits for.</summary>
    public void Request(OrchestratorAction action) => _unconfirmed.Add(action.TaskId, action);

    /// <summary>Makes a request; the task ends when its outcome is in the history.</summary>
    public Task<TaskOutcome> Open(OrchestratorAction action)
    {
        Request(action);
        var source = new TaskCompletionSource<TaskOutcome>();
        _open.Add(action.TaskId, source);
        return source.Task;
    }

    public void CancelTimer(int taskId, CancellationToken cancellationToken)
    {
        if (!_open.Remove(taskId, out var source))
            return;
        _cancelledTimers.Add(taskId);
        source.TrySetCanceled(cancellationToken);
    }

    /// <summary>Compares a recorded request with the one that the orchestrator made now.</summary>
    public void Confirm(TaskRequested recorded)
    {
        if (!_unconfirmed.Remove(recorded.TaskId, out var action))
            throw new NonDeterminismException($"the history has {Describe(recorded)} as request #{recorded.TaskId}, which the code no longer makes");
        if (!Same(action.ToEvent(recorded.At), recorded))
            throw new NonDeterminismException($"request #{recorded.TaskId} is {action.Describe()}, but the history has {Describe(recorded)}");
    }

    /// <summary>Call where a recorded turn ends: all that the code asked for in it must have been recorded with it.</summary>
    public void EndRecordedTurn()
    {
        foreach (var action in _unconfirmed.Values)
            throw new NonDeterminismException($"the code makes request #{action.TaskId}, {action.Describe()}, which the history does not have");
    }

    /// <summary>Ends an open request. A result that nobody waits for (a cancelled timer's, for one) is dropped.</summary>
    public void End(TaskOutcome outcome)
    {
        if (_open.Remove(outcome.TaskId, out var source))
            source.TrySetResult(outcome);
    }

    private static bool Same(TaskRequested made, TaskRequested recorded) =>
        made.GetType() == recorded.GetType()
        && string.Equals(made.Name, recorded.Name, StringComparison.OrdinalIgnoreCase)
        && (made, recorded) switch
        {
            (SubOrchestrationCreated one, SubOrchestrationCreated other) => one.InstanceId == other.InstanceId,
            (EventSent one, EventSent other) => one.InstanceId == other.InstanceId,
            _ => true,
        };

    private static string Describe(TaskRequested recorded) => recorded switch
    {
        TimerCreated => "a timer",
        ActivityScheduled => $"activity '{recorded.Name}'",
        SubOrchestrationCreated child => $"sub-orchestration '{child.Name}' as '{child.InstanceId}'",
        EventSent sent => $"event '{sent.Name}' to '{sent.InstanceId}'",
        _ => recorded.Name,
    };
}
