using Hybrid.Orchestrations.Pipelines;
using Hybrid.Orchestrations.Telemetry;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Hybrid.Functions.Durable;

public sealed class PipelineTriggers(RunMetrics metrics)
{
    [Function(nameof(RagPipeline))]
    public Task<RagAnswer> RagAsync([OrchestrationTrigger] TaskOrchestrationContext context) =>
        metrics.MeasureAsync(nameof(RagPipeline), context, () => new RagPipeline().RunAsync(context, context.GetInput<RagRequest>()!));

    [Function(nameof(QueuedPipeline))]
    public Task<QueuedOutcome> QueuedAsync([OrchestrationTrigger] TaskOrchestrationContext context) =>
        metrics.MeasureAsync(nameof(QueuedPipeline), context, () => new QueuedPipeline().RunAsync(context, context.GetInput<QueuedRequest>()!));
}
