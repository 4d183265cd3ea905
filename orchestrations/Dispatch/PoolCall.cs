using Hybrid.Orchestrations.Budgets;

namespace Hybrid.Orchestrations.Dispatch;

/// <summary>What goes with every call to a host.</summary>
/// <param name="Tenant">On whose behalf; always an authenticated or configured name.</param>
/// <param name="RequestId">Names the request in every log on its way.</param>
/// <param name="Deadline">When the answer is worth nothing any more; tries and waits end there.</param>
public readonly record struct PoolCall(string Tenant, string RequestId, Deadline Deadline);
