using Hybrid.Contracts.Tasks;
using Hybrid.Orchestrations.Caching;
using Hybrid.Orchestrations.Pipelines;
using Hybrid.Orchestrations.Retrieval;

namespace Hybrid.Orchestrations.Activities;

/// <summary>The question and its best documents to the answer. Greedy, so that a second run gives the same.</summary>
public sealed class GenerateActivity(CachedTasks tasks, CollectionStore collections, TimeProvider time)
{
    public Task<GeneratedAnswer> RunAsync(GenerateStage input, CancellationToken cancellation) => StageException.GuardAsync(async () =>
    {
        var call = input.Call.ToPoolCall(time);
        var index = await call.ReadAsync(collections, input.Collection, cancellation);
        var scores = input.Documents.ToDictionary(document => document.Id, document => document.Score);
        var sources = index.FindAll(input.Documents)
            .Select(document => new RagSource(document.Id, document.Title, document.Text, scores[document.Id]))
            .ToList();
        var request = new GenerateRequest(
            input.Model,
            [new ChatMessage("user", input.Question)],
            sources.Select(source => new ContextDocument(source.Title, source.Text)).ToList(),
            input.MaxTokens,
            [],
            new Sampling());
        var (reply, _) = await tasks.GenerateAsync(request, call, CacheUse.Full, cancellation);
        return new GeneratedAnswer(
            reply.Text,
            reply.FinishReason == FinishReason.Length ? "length" : "stop",
            sources,
            new RagUsage(reply.PromptTokens, reply.CompletionTokens),
            reply.Model,
            reply.Version);
    });
}

/// <summary>The input of a <see cref="GenerateActivity"/>.</summary>
public sealed record GenerateStage(
    StageCall Call, string Collection, string Model, string Question, IReadOnlyList<RankedDocument> Documents, int MaxTokens);

/// <summary>The output of a <see cref="GenerateActivity"/>.</summary>
public sealed record GeneratedAnswer(
    string Answer, string FinishReason, IReadOnlyList<RagSource> Sources, RagUsage Usage, string Model, int Version) : IStageResult;
