using Hybrid.Orchestrations.Activities;
using Hybrid.Orchestrations.Budgets;
using Microsoft.DurableTask;

namespace Hybrid.Orchestrations.Pipelines;

/// <summary>
/// A question to an answer with its sources: embed → retrieve → rerank → generate, within one deadline. Between stages go
/// ids and scores; the texts are read where they are needed, so that history stays small.
/// </summary>
public sealed class RagPipeline : TaskOrchestrator<RagRequest, RagAnswer>
{
    /// <exception cref="StageException">A stage failed or the time is over; names the stage.</exception>
    public override async Task<RagAnswer> RunAsync(TaskOrchestrationContext context, RagRequest input)
    {
        var begun = context.CurrentUtcDateTime;
        var budget = StageBudget.Start(
            new DateTimeOffset(DateTime.SpecifyKind(begun, DateTimeKind.Utc)), TimeSpan.FromMilliseconds(input.TimeoutMs), input.Shares);
        var stages = new StageRunner(context, budget, input.Tenant);

        var embedded = await stages.RunAsync<EmbeddedQuestion>(
            "embed", nameof(EmbedActivity), call => new EmbedStage(call, input.Models.Embed, input.Question));
        var retrieved = await stages.RunAsync<RankedDocuments>(
            "retrieve", nameof(RetrieveActivity), call => new RetrieveStage(call, input.Collection, input.Models.Embed, embedded.Vector, input.TopK));
        var ranked = await stages.RunAsync<RankedDocuments>(
            "rerank", nameof(RerankActivity), call => new RerankStage(call, input.Collection, input.Models.Rerank, input.Question, retrieved.Documents, input.TopN));
        var generated = await stages.RunAsync<GeneratedAnswer>(
            "generate", nameof(GenerateActivity), call => new GenerateStage(call, input.Collection, input.Models.Generate, input.Question, ranked.Documents, input.MaxTokens));

        return new RagAnswer(
            generated.Answer,
            generated.FinishReason,
            generated.Sources,
            stages.Reports,
            (context.CurrentUtcDateTime - begun).TotalMilliseconds,
            generated.Usage);
    }
}
