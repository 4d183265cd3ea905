using Hybrid.LocalHost.Durable.History;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Hybrid.LocalHost.Durable.Replay;

/// <summary>An orchestrator's code, called once per turn.</summary>
internal delegate Task<object?> OrchestratorBody(TaskOrchestrationContext context);

/// <summary>
/// One turn of an orchestrator:
/// 1. replay the history, comparing each request that the code makes with the recorded one;
/// 2. give the code the new messages, at the time <c>now</c>;
/// 3. when nothing is left to run, the turn's outcome is what the code newly asked for, and how it ended if it did.
/// </summary>
internal sealed class OrchestrationTurn(TurnInput input, PayloadConverter payloads, int maxHistoryEvents, ILoggerFactory loggerFactory)
{
    private readonly OrchestratorPump _pump = new(() => Log.LateContinuation(loggerFactory.CreateLogger<OrchestrationTurn>(), input.Identity.Name, input.Identity.InstanceId));
    private Task<object?>? _orchestrator;

    public OrchestratorIdentity Identity => input.Identity;

    /// <summary>Null until <see cref="Run"/> or <see cref="Fail"/> was called.</summary>
    public TurnOutcome? Outcome { get; private set; }

    public void Run(OrchestratorBody body)
    {
        var context = new ReplayContext(input.Identity, payloads, _pump, loggerFactory);
        try
        {
            Replay(context, body);
            Continue(context, body);
            Outcome = Conclude(context);
        }
        catch (NonDeterminismException mismatch)
        {
            Fail(Failures.NonDeterministic(mismatch.Message));
        }
        finally
        {
            _pump.Close();
        }
    }

    /// <summary>Ends the instance: its code was not run, or what it did does not count.</summary>
    public void Fail(Failure failure, string? customStatus = null) =>
        Outcome = new TurnOutcome([.. NewEvents(), Completed(OrchestrationRuntimeStatus.Failed)], [], [], OrchestrationRuntimeStatus.Failed)
        {
            Failure = failure,
            CustomStatus = customStatus ?? input.CustomStatus,
        };

    // 1.
    private void Replay(ReplayContext context, OrchestratorBody body)
    {
        foreach (var past in input.History)
            Apply(context, past, isReplaying: true, body);
        context.Tasks.EndRecordedTurn();
    }

    // 2.
    private void Continue(ReplayContext context, OrchestratorBody body)
    {
        foreach (var happened in NewEvents())
            Apply(context, happened, isReplaying: false, body);
    }

    private void Apply(ReplayContext context, HistoryEvent happened, bool isReplaying, OrchestratorBody body) => _pump.Run(() =>
    {
        if (context.Apply(happened, isReplaying))
            _orchestrator = Start(context, body);
    });

    // An exception before the first await must end the instance as one after it does.
    private static async Task<object?> Start(ReplayContext context, OrchestratorBody body) => await body(context);

    // 3.
    private TurnOutcome? Conclude(ReplayContext context)
    {
        var actions = context.Tasks.Unconfirmed.ToList();
        var requested = actions.Select(action => action.ToEvent(input.Now));
        List<HistoryEvent> events = [.. NewEvents(), .. requested];
        if (input.History.Count + events.Count > maxHistoryEvents)
            return Failed(context, Failures.HistoryTooLong(input.History.Count + events.Count, maxHistoryEvents));

        switch (_orchestrator)
        {
            case { IsFaulted: true } faulted:
                return Faulted(context, Failure.From(faulted.Exception.InnerException!), events, actions);
            case { IsCanceled: true }:
                return Faulted(context, Failure.From(new TaskCanceledException("The orchestrator was cancelled.")), events, actions);
            case { IsCompleted: true } when context.Continued is { } continued:
                return new TurnOutcome(events, actions, context.Tasks.CancelledTimers, OrchestrationRuntimeStatus.Running)
                {
                    Continued = continued,
                    CarriedEvents = continued.PreserveEvents ? context.Events.Buffered : [],
                };
            case { IsCompleted: true } completed:
                return Completed(context, completed.GetAwaiter().GetResult(), events, actions);
            case not null when context.Tasks.OpenCount == 0 && !context.Events.HasWaiters:
                return Failed(context, Failures.NotDurable());
            default:
                return new TurnOutcome(events, actions, context.Tasks.CancelledTimers, OrchestrationRuntimeStatus.Running) { CustomStatus = context.CustomStatus };
        }
    }

    private TurnOutcome? Completed(ReplayContext context, object? result, List<HistoryEvent> events, List<OrchestratorAction> actions)
    {
        string? output;
        try
        {
            output = payloads.Write(result, "The orchestrator's output");
        }
        catch (Exception unwritable) when (unwritable is not OutOfMemoryException)
        {
            return Failed(context, Failure.From(unwritable));
        }
        return new TurnOutcome([.. events, Completed(OrchestrationRuntimeStatus.Completed)], actions, context.Tasks.CancelledTimers, OrchestrationRuntimeStatus.Completed)
        {
            Output = output,
            CustomStatus = context.CustomStatus,
        };
    }

    // The code's own failure: what it asked for before that is still carried out.
    private TurnOutcome Faulted(ReplayContext context, Failure failure, List<HistoryEvent> events, List<OrchestratorAction> actions) =>
        new([.. events, Completed(OrchestrationRuntimeStatus.Failed)], actions, context.Tasks.CancelledTimers, OrchestrationRuntimeStatus.Failed)
        {
            Failure = failure,
            CustomStatus = context.CustomStatus,
        };

    private TurnOutcome? Failed(ReplayContext context, Failure failure)
    {
        Fail(failure, context.CustomStatus);
        return Outcome;
    }

    private IEnumerable<HistoryEvent> NewEvents() => input.Messages.Prepend(new TurnStarted(input.Now));

    private ExecutionCompleted Completed(OrchestrationRuntimeStatus status) => new(input.Now, status.ToString());
}
