using Hybrid.LocalHost.Durable.History;
using Hybrid.LocalHost.Durable.Replay;
using Hybrid.LocalHost.Durable.Storage;
using Microsoft.DurableTask.Client;

namespace Hybrid.LocalHost.Durable.Engine;

/// <summary>
/// Decides which messages a turn takes. Suspend, resume and terminate are taken always and never reach the code;
/// while an instance is suspended or not started yet, everything else stays in the inbox.
/// </summary>
internal sealed class TurnInbox
{
    private readonly InstanceRow _instance;

    public TurnInbox(InstanceRow instance, bool isStarted, IReadOnlyList<InboxMessage> messages)
    {
        _instance = instance;
        var wasSuspended = instance.Status == OrchestrationRuntimeStatus.Suspended;
        var control = messages.Where(message => message.Event.IsControl).ToList();
        Terminated = control.Select(message => message.Event).OfType<ExecutionTerminated>().FirstOrDefault();
        IsSuspended = control.LastOrDefault(message => message.Event is ExecutionSuspended or ExecutionResumed) is { } last
            ? last.Event is ExecutionSuspended
            : wasSuspended;
        IsStarted = isStarted || messages.Any(message => message.Event is ExecutionStarted);
        Taken = Terminated is null && !IsSuspended && IsStarted ? messages : control;
        HasWork = Taken.Count > control.Count;
    }

    public IReadOnlyList<InboxMessage> Taken { get; }

    /// <summary>Whether the code has something to do in this turn.</summary>
    public bool HasWork { get; }

    private ExecutionTerminated? Terminated { get; }

    private bool IsSuspended { get; }

    private bool IsStarted { get; }

    /// <summary>The outcome of a turn without work: a new status, and nothing else.</summary>
    public TurnOutcome WithoutWork(DateTime now)
    {
        List<HistoryEvent> events = [new TurnStarted(now), .. Taken.Select(message => message.Event)];
        if (Terminated is null)
            return new TurnOutcome(events, [], [], RunningStatus()) { CustomStatus = _instance.CustomStatus };
        events.Add(new ExecutionCompleted(now, nameof(OrchestrationRuntimeStatus.Terminated)));
        return new TurnOutcome(events, [], [], OrchestrationRuntimeStatus.Terminated)
        {
            Output = Terminated.Output,
            CustomStatus = _instance.CustomStatus,
            TerminatesChildren = Terminated.Recursive,
        };
    }

    private OrchestrationRuntimeStatus RunningStatus() =>
        IsSuspended ? OrchestrationRuntimeStatus.Suspended : IsStarted ? OrchestrationRuntimeStatus.Running : OrchestrationRuntimeStatus.Pending;
}
