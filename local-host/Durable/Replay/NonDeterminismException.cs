namespace Hybrid.LocalHost.Durable.Replay;

/// <summary>An orchestrator did not repeat its history. It fails the instance; it never reaches the orchestrator's own code.</summary>
internal sealed class NonDeterminismException(string what) : Exception(what);
