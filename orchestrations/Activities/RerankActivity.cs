using Hybrid.Contracts.Tasks;
using Hybrid.Orchestrations.Caching;
using Hybrid.Orchestrations.Pipelines;
using Hybrid.Orchestrations.Retrieval;

namespace Hybrid.Orchestrations.Activities;

/// <summary>The retrieved documents in the order in which they answer the question; the best of them are kept.</summary>
public sealed class RerankActivity(CachedTasks tasks, CollectionStore collections, TimeProvider time)
{
    public Task<RankedDocuments> RunAsync(RerankStage input, CancellationToken cancellation) => StageException.GuardAsync(async () =>
    {
        var call = input.Call.ToPoolCall(time);
        var index = await call.ReadAsync(collections, input.Collection, cancellation);
        var documents = index.FindAll(input.Documents);
        var request = new RerankRequest(input.Model, input.Question, documents.Select(document => document.Text).ToList());
        var (reply, _) = await tasks.RerankAsync(request, call, CacheUse.Full, cancellation);
        var ranked = documents
            .Zip(reply.Scores, (document, score) => new RankedDocument(document.Id, score))
            .OrderByDescending(document => document.Score)
            .Take(input.TopN)
            .ToList();
        return new RankedDocuments(ranked, reply.Model, reply.Version);
    });
}

/// <summary>The input of a <see cref="RerankActivity"/>.</summary>
public sealed record RerankStage(
    StageCall Call, string Collection, string Model, string Question, IReadOnlyList<RankedDocument> Documents, int TopN);
