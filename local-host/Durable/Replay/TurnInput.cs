using Hybrid.LocalHost.Durable.History;

namespace Hybrid.LocalHost.Durable.Replay;

/// <summary>What a turn begins with.</summary>
/// <param name="History">What happened up to the last turn.</param>
/// <param name="Messages">What happened since, in order.</param>
/// <param name="Now">The turn's time (UTC), never before the last turn's.</param>
/// <param name="CustomStatus">The status that the instance keeps if its code does not run.</param>
internal sealed record TurnInput(
    OrchestratorIdentity Identity,
    IReadOnlyList<HistoryEvent> History,
    IReadOnlyList<HistoryEvent> Messages,
    DateTime Now,
    string? CustomStatus);
