using Hybrid.LocalHost.Durable.History;

namespace Hybrid.LocalHost.Durable.Replay;

/// <summary>How one attempt at a task ended: its result as JSON, or its failure.</summary>
internal readonly record struct TaskOutcome(int TaskId, string? Result, Failure? Failure);
