using System.Collections.Frozen;
using System.Diagnostics;
using System.Reflection;
using Hybrid.Telemetry.Otlp;
using Microsoft.Azure.Functions.Worker;
using OpenTelemetry;

namespace Hybrid.Functions.Telemetry;

/// <summary>
/// Leaves out the spans of orchestrators' invocations. A worker invokes an orchestrator for every turn and runs its code again from the
/// begin: those spans show replays. The orchestration has its one span from the engine.
/// </summary>
internal sealed class OrchestratorTurns(IEnumerable<string> orchestrators) : BaseProcessor<Activity>
{
    private readonly FrozenSet<string> _names = orchestrators.Select(WorkerSpans.NameOf).ToFrozenSet();

    /// <param name="functions">Where the orchestrators are.</param>
    public static OrchestratorTurns Of(Assembly functions) => new(
        from type in functions.GetTypes()
        from method in type.GetMethods()
        where method.GetParameters().Any(parameter => parameter.IsDefined(typeof(OrchestrationTriggerAttribute)))
        select method.GetCustomAttribute<FunctionAttribute>()!.Name);

    public override void OnStart(Activity data)
    {
        if (data.Source.Name == WorkerSpans.SourceName && _names.Contains(data.DisplayName))
        {
            data.Silence();
        }
    }
}
