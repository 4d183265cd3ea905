using Hybrid.LocalHost.Durable.Tracing;

namespace Hybrid.LocalHost.Durable.Replay;

/// <summary>Who an orchestration is.</summary>
/// <param name="ExecutionId">Changes when the instance continues as new, is restarted or replaced: late results of the former execution are dropped by it.</param>
/// <param name="Trace">The execution's own span.</param>
internal sealed record OrchestratorIdentity(string InstanceId, string ExecutionId, string Name, string Version, ParentLink? Parent, TraceHeaders Trace);

/// <summary>Where a sub-orchestration's outcome goes.</summary>
internal sealed record ParentLink(string InstanceId, string ExecutionId, string Name, int TaskId);

/// <summary>What an orchestrator passed to ContinueAsNew.</summary>
internal sealed record ContinuedExecution(string? Input, string Version, bool PreserveEvents);
