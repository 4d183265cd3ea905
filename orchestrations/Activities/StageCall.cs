using Hybrid.Orchestrations.Budgets;
using Hybrid.Orchestrations.Dispatch;

namespace Hybrid.Orchestrations.Activities;

/// <summary>What every stage's activity is told about its run.</summary>
/// <param name="Tenant">On whose behalf.</param>
/// <param name="Run">The run's instance id; names the work in the hosts' logs.</param>
/// <param name="BudgetMs">Milliseconds that the activity may take.</param>
public sealed record StageCall(string Tenant, string Run, long BudgetMs)
{
    // Behind the synchronous calls, at a host that has levels: nobody holds a connection open for a durable run.
    private const int Priority = 2;

    internal PoolCall ToPoolCall(TimeProvider time) =>
        new(Tenant, Run, Deadline.After(TimeSpan.FromMilliseconds(BudgetMs), time), Priority);
}

/// <summary>What every stage's result tells about who made it.</summary>
public interface IStageResult
{
    /// <summary>The model; null where none takes part.</summary>
    string? Model { get; }

    /// <summary>Its version; 0 where none takes part.</summary>
    int Version { get; }
}
