using Hybrid.Orchestrations.Pipelines;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Hybrid.Functions.Durable;

public static class PipelineTriggers
{
    [Function(nameof(RagPipeline))]
    public static Task<RagAnswer> RagAsync([OrchestrationTrigger] TaskOrchestrationContext context) =>
        new RagPipeline().RunAsync(context, context.GetInput<RagRequest>()!);

    [Function(nameof(QueuedPipeline))]
    public static Task<QueuedOutcome> QueuedAsync([OrchestrationTrigger] TaskOrchestrationContext context) =>
        new QueuedPipeline().RunAsync(context, context.GetInput<QueuedRequest>()!);
}
