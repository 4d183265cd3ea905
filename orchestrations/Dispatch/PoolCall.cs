using Hybrid.Orchestrations.Budgets;

namespace Hybrid.Orchestrations.Dispatch;

/// <summary>What goes with every call to a host.</summary>
/// <param name="Tenant">On whose behalf; always an authenticated or configured name.</param>
/// <param name="RequestId">Names the request in every log on its way.</param>
/// <param name="Deadline">When the answer is worth nothing any more; tries and waits end there.</param>
/// <param name="Priority">The level of urgency that hosts with priority levels give it, 1 the highest; 0: their default.</param>
public readonly record struct PoolCall(string Tenant, string RequestId, Deadline Deadline, int Priority = 0);
