using Hybrid.LocalHost.Durable.History;
using Hybrid.LocalHost.Durable.Replay;
using Hybrid.LocalHost.Durable.Storage;
using Hybrid.LocalHost.Durable.Tracing;

namespace Hybrid.LocalHost.Durable.Engine;

/// <summary>One turn of one instance: load, run, commit.</summary>
internal sealed class TurnRunner(
    DurableStore store,
    TaskRegistry registry,
    PayloadConverter payloads,
    DurableOptions options,
    TimeProvider time,
    ILoggerFactory loggerFactory)
{
    private readonly ILogger _logger = loggerFactory.CreateLogger<TurnRunner>();

    /// <returns>Whether the instance may have more messages.</returns>
    /// <exception cref="DurableStoreException">The turn could not be read or written. Nothing of it happened; run it again.</exception>
    public async Task<bool> RunAsync(string instanceId, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        if (store.LoadTurn(instanceId, now) is not var (instance, history, messages))
            return false;
        var inbox = new TurnInbox(instance, isStarted: history.Count > 0, messages);
        if (inbox.Taken.Count == 0)
            return false;

        using var span = ExecutionSpans.Enter(instance);
        // The machine's clock may have been set back: time in an orchestrator never runs backwards.
        if (history.OfType<TurnStarted>().LastOrDefault() is { } last && last.At > now)
            now = last.At;
        var outcome = inbox.HasWork
            ? await RunCodeAsync(instance, history, inbox, now, cancellationToken)
            : inbox.WithoutWork(now);
        var start = new TurnStart(instance, history.Count, inbox.Taken);
        var counted = await store.Writer.RunAsync(commit => commit.FinishTurn(start, outcome), CancellationToken.None);
        if (counted)
            ExecutionSpans.Ended(instance, history, outcome, now);
        if (counted && outcome.IsFinal)
            Log.OrchestrationEnded(_logger, instance.Name, instance.Id, outcome.Status, outcome.Failure?.ErrorMessage);
        return messages.Count == DurableStore.MaxMessages;
    }

    private async Task<TurnOutcome> RunCodeAsync(
        InstanceRow instance, List<HistoryEvent> history, TurnInbox inbox, DateTime now, CancellationToken cancellationToken)
    {
        var trace = instance.Trace.Below(SpanIds.Of(instance.ExecutionId));
        var identity = new OrchestratorIdentity(instance.Id, instance.ExecutionId, instance.Name, instance.Version, instance.Parent, trace);
        var input = new TurnInput(identity, history, [.. inbox.Taken.Select(message => message.Event)], now, instance.CustomStatus);
        var turn = new OrchestrationTurn(input, payloads, options.MaxHistoryEvents, loggerFactory);
        if (registry.Orchestrator(instance.Name) is not { } function)
        {
            turn.Fail(Failures.OrchestratorNotFound(instance.Name));
            return turn.Outcome!;
        }

        try
        {
            await function(turn, cancellationToken);
        }
        catch (Exception failure) when (turn.Outcome is null && !cancellationToken.IsCancellationRequested)
        {
            // The code around the orchestrator failed (its constructor, a middleware): the instance cannot go on.
            turn.Fail(Failure.From(failure));
        }
        return turn.Outcome ?? throw new OperationCanceledException("The turn was given up because the host stops.", cancellationToken);
    }
}
