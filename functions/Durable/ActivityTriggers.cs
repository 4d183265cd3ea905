using Hybrid.Orchestrations.Activities;
using Hybrid.Orchestrations.Results;
using Microsoft.Azure.Functions.Worker;

namespace Hybrid.Functions.Durable;

public sealed class ActivityTriggers(
    EmbedActivity embed, RetrieveActivity retrieve, RerankActivity rerank, GenerateActivity generate, WriteResultActivity writeResult)
{
    [Function(nameof(EmbedActivity))]
    public Task<EmbeddedQuestion> EmbedAsync([ActivityTrigger] EmbedStage input, CancellationToken cancellation) =>
        embed.RunAsync(input, cancellation);

    [Function(nameof(RetrieveActivity))]
    public Task<RankedDocuments> RetrieveAsync([ActivityTrigger] RetrieveStage input, CancellationToken cancellation) =>
        retrieve.RunAsync(input, cancellation);

    [Function(nameof(RerankActivity))]
    public Task<RankedDocuments> RerankAsync([ActivityTrigger] RerankStage input, CancellationToken cancellation) =>
        rerank.RunAsync(input, cancellation);

    [Function(nameof(GenerateActivity))]
    public Task<GeneratedAnswer> GenerateAsync([ActivityTrigger] GenerateStage input, CancellationToken cancellation) =>
        generate.RunAsync(input, cancellation);

    [Function(nameof(WriteResultActivity))]
    public Task WriteResultAsync([ActivityTrigger] RunResult input, CancellationToken cancellation) =>
        writeResult.RunAsync(input, cancellation);
}
