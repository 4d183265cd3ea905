using Hybrid.LocalHost.Durable.Replay;
using Hybrid.LocalHost.Durable.Storage;

namespace Hybrid.LocalHost.Durable.Engine;

/// <summary>Drives one turn of an orchestrator: whatever surrounds it (a scope, a middleware pipeline), it ends in <see cref="OrchestrationTurn.Run"/>.</summary>
internal delegate Task OrchestratorFunction(OrchestrationTurn turn, CancellationToken cancellationToken);

/// <summary>Runs one activity; input and result are JSON. The token fires when the host stops or the instance is terminated.</summary>
internal delegate Task<string?> ActivityFunction(ActivityRow activity, CancellationToken cancellationToken);

/// <summary>The orchestrators and activities that this process has, by name. Names ignore case, as the SDK's do.</summary>
internal sealed class TaskRegistry
{
    private readonly Dictionary<string, OrchestratorFunction> _orchestrators = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, ActivityFunction> _activities = new(StringComparer.OrdinalIgnoreCase);

    public void AddOrchestrator(string name, OrchestratorFunction function)
    {
        if (!_orchestrators.TryAdd(name, function))
            throw new InvalidOperationException($"Two orchestrators have the name '{name}'.");
    }

    public void AddActivity(string name, ActivityFunction function)
    {
        if (!_activities.TryAdd(name, function))
            throw new InvalidOperationException($"Two activities have the name '{name}'.");
    }

    public OrchestratorFunction? Orchestrator(string name) => _orchestrators.GetValueOrDefault(name);

    public ActivityFunction? Activity(string name) => _activities.GetValueOrDefault(name);
}
