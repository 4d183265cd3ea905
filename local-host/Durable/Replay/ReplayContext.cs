using Hybrid.LocalHost.Durable.History;
using Microsoft.DurableTask;

namespace Hybrid.LocalHost.Durable.Replay;

/// <summary>
/// What an orchestrator sees of the engine during one turn. The context only records requests and hands out what the history knows;
/// it never does anything itself, so that running the code again is harmless.
/// </summary>
internal sealed partial class ReplayContext(OrchestratorIdentity identity, PayloadConverter payloads, OrchestratorPump pump, ILoggerFactory loggerFactory)
    : TaskOrchestrationContext
{
    private readonly TaskLedger _tasks = new();
    private readonly ExternalEvents _events = new(payloads.Converter);
    private string? _input;
    private DateTime _now;
    private bool _isReplaying = true;
    private int _guids;

    public override TaskName Name { get; } = new(identity.Name);

    public override string InstanceId => identity.InstanceId;

    public override string Version => identity.Version;

    public override ParentOrchestrationInstance? Parent { get; } =
        identity.Parent is { } parent ? new ParentOrchestrationInstance(new TaskName(parent.Name), parent.InstanceId) : null;

    public override DateTime CurrentUtcDateTime => _now;

    public override bool IsReplaying => _isReplaying;

    protected override ILoggerFactory LoggerFactory => loggerFactory;

    /// <summary>As JSON; null when none was set in this execution.</summary>
    public string? CustomStatus { get; private set; }

    /// <summary>Set when the orchestrator asked to begin anew; it counts once the orchestrator has returned.</summary>
    public ContinuedExecution? Continued { get; private set; }

    public TaskLedger Tasks => _tasks;

    public ExternalEvents Events => _events;

    public override T? GetInput<T>()
        where T : default
    {
        EnsureOnPump();
        return payloads.Converter.Deserialize<T>(_input);
    }

    public override Guid NewGuid()
    {
        EnsureOnPump();
        return DeterministicGuid.Create(InstanceId, _now, _guids++);
    }

    public override void SetCustomStatus(object? customStatus)
    {
        EnsureOnPump();
        CustomStatus = payloads.Write(customStatus, "The custom status");
    }

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) =>
        ContinueAsNew(new ContinueAsNewOptions { NewInput = newInput, PreserveUnprocessedEvents = preserveUnprocessedEvents });

    public override void ContinueAsNew(ContinueAsNewOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        EnsureOnPump();
        var version = string.IsNullOrWhiteSpace(options.NewVersion) ? Version : options.NewVersion;
        Continued = new ContinuedExecution(payloads.Write(options.NewInput, "The input of ContinueAsNew"), version, options.PreserveUnprocessedEvents);
    }

    /// <summary>Takes one event of the history (<paramref name="isReplaying"/>) or of the inbox.</summary>
    /// <returns>Whether the orchestrator's code begins with this event.</returns>
    public bool Apply(HistoryEvent happened, bool isReplaying)
    {
        _isReplaying = isReplaying;
        switch (happened)
        {
            case TurnStarted turn:
                _tasks.EndRecordedTurn();
                _now = turn.At;
                break;
            case ExecutionStarted started:
                _input = started.Input;
                return true;
            case TaskRequested recorded:
                _tasks.Confirm(recorded);
                break;
            case TaskCompleted completed:
                _tasks.End(new TaskOutcome(completed.TaskId, completed.Result, null));
                break;
            case TaskFailed failed:
                _tasks.End(new TaskOutcome(failed.TaskId, null, failed.Failure));
                break;
            case TimerFired fired:
                _tasks.End(new TaskOutcome(fired.TaskId, null, null));
                break;
            case EventRaised raised:
                _events.Raise(raised);
                break;
        }
        return false;
    }

    private void EnsureOnPump()
    {
        if (!pump.IsInside)
            throw new InvalidOperationException(
                "An orchestrator's context was used outside the orchestrator's own thread. "
                + "An orchestrator may only await tasks of its context: no Task.Delay, Task.Run, I/O or ConfigureAwait(false).");
    }
}
