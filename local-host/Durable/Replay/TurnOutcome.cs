using Hybrid.LocalHost.Durable.History;
using Microsoft.DurableTask.Client;

namespace Hybrid.LocalHost.Durable.Replay;

/// <summary>What a turn changed. It is committed whole, with the inbox messages that it took, or not at all.</summary>
/// <param name="Events">What the history gains.</param>
/// <param name="Actions">What the orchestrator newly asked for.</param>
/// <param name="CancelledTimers">Task ids of timers that need not fire any more.</param>
/// <param name="Status">The instance's status from now on.</param>
internal sealed record TurnOutcome(
    IReadOnlyList<HistoryEvent> Events,
    IReadOnlyList<OrchestratorAction> Actions,
    IReadOnlyList<int> CancelledTimers,
    OrchestrationRuntimeStatus Status)
{
    public string? Output { get; init; }

    public Failure? Failure { get; init; }

    public string? CustomStatus { get; init; }

    /// <summary>Set when the instance begins anew.</summary>
    public ContinuedExecution? Continued { get; init; }

    /// <summary>Events that the next execution gets; empty unless <see cref="Continued"/>.</summary>
    public IReadOnlyList<EventRaised> CarriedEvents { get; init; } = [];

    /// <summary>Whether running sub-orchestrations are terminated too.</summary>
    public bool TerminatesChildren { get; init; }

    public bool IsFinal => Continued is null && Status is OrchestrationRuntimeStatus.Completed or OrchestrationRuntimeStatus.Failed or OrchestrationRuntimeStatus.Terminated;
}
