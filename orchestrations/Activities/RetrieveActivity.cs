using System.Runtime.InteropServices;
using Hybrid.Contracts.Errors;
using Hybrid.Orchestrations.Pipelines;
using Hybrid.Orchestrations.Retrieval;

namespace Hybrid.Orchestrations.Activities;

/// <summary>The question's vector to the ids of the nearest documents.</summary>
public sealed class RetrieveActivity(CollectionStore collections, TimeProvider time)
{
    public Task<RankedDocuments> RunAsync(RetrieveStage input, CancellationToken cancellation) => StageException.GuardAsync(async () =>
    {
        var index = await input.Call.ToPoolCall(time).ReadAsync(collections, input.Collection, cancellation);
        if (index.Model != input.Model)
        {
            throw new HybridException(
                ErrorCode.Conflict,
                $"Collection '{input.Collection}' was indexed with model {index.Model}, questions are embedded with {input.Model}: index it again.",
                "collection");
        }

        if (index.Count == 0)
        {
            throw new HybridException(ErrorCode.Unprocessable, $"Collection '{input.Collection}' has no documents.", "collection");
        }

        var hits = index.Search(MemoryMarshal.Cast<byte, float>(input.Vector), input.TopK);
        return new RankedDocuments(hits.Select(hit => new RankedDocument(hit.Document.Id, hit.Score)).ToList(), null, 0);
    });
}

/// <summary>The input of a <see cref="RetrieveActivity"/>.</summary>
public sealed record RetrieveStage(StageCall Call, string Collection, string Model, byte[] Vector, int TopK);

/// <summary>Documents by id, best first: the output of retrieving and of reranking.</summary>
public sealed record RankedDocuments(IReadOnlyList<RankedDocument> Documents, string? Model, int Version) : IStageResult;

/// <summary>A document's id and how well it fits.</summary>
public sealed record RankedDocument(string Id, float Score);
