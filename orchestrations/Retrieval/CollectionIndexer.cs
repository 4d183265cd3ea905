using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tasks;
using Hybrid.Orchestrations.Dispatch;
using Hybrid.Orchestrations.Pipelines;
using Microsoft.Extensions.Options;

namespace Hybrid.Orchestrations.Retrieval;

/// <summary>Puts documents into collections: checks them, embeds them in batches, writes once.</summary>
public sealed class CollectionIndexer(
    GpuPool pool, CollectionStore collections, IOptions<RetrievalOptions> options, IOptions<RagOptions> rag)
{
    /// <summary>All or nothing: the collection has every document of the call, or none of them.</summary>
    /// <returns>Documents in the collection afterwards.</returns>
    /// <exception cref="HybridException">A document is not acceptable (names it), the collection would be too large, or no host could embed.</exception>
    public async Task<int> UpsertAsync(
        CollectionName name, IReadOnlyList<IndexedDocument> documents, PoolCall call, CancellationToken cancellation)
    {
        DocumentRules.Check(documents, options.Value);
        var (dimensions, rows) = await EmbedAsync(documents, call, cancellation);
        var model = rag.Value.EmbedModel;
        var written = await collections.UpdateAsync(name, current => Apply(name, current ?? VectorIndex.Empty(model, dimensions), rows), cancellation);
        return written.Count;
    }

    /// <summary>Takes one document out.</summary>
    /// <exception cref="HybridException"><see cref="ErrorCode.NotFound"/>: no such collection, or no such document in it.</exception>
    public async Task<VectorIndex> RemoveAsync(CollectionName name, string id, CancellationToken cancellation) =>
        await collections.IsAbsentAsync(name, id, cancellation)
            ? throw NoDocument(name)
            : await collections.UpdateAsync(name, current => current?.Find(id) is null ? throw NoDocument(name) : current.Remove(id), cancellation);

    private static HybridException NoDocument(CollectionName name) =>
        new(ErrorCode.NotFound, $"There is no such document in a collection '{name.Name}'.", "id");

    // Enough to keep several hosts busy, few enough to leave them room for requests that somebody waits for.
    private const int BatchesAtOnce = 4;

    private async Task<(int Dimensions, IndexedRow[] Rows)> EmbedAsync(
        IReadOnlyList<IndexedDocument> documents, PoolCall call, CancellationToken cancellation)
    {
        var rows = new IndexedRow[documents.Count];
        var dimensions = 0;
        var batches = Enumerable.Range(0, documents.Count).Chunk(options.Value.EmbedBatch);
        await Parallel.ForEachAsync(
            batches,
            new ParallelOptions { MaxDegreeOfParallelism = BatchesAtOnce, CancellationToken = cancellation },
            async (batch, token) =>
            {
                var inputs = batch.Select(i => (EmbedInput)EmbeddedText(documents[i])).ToList();
                var reply = await pool.EmbedAsync(new EmbedRequest(rag.Value.EmbedModel, inputs), call, token);
                dimensions = reply.Dimensions;
                for (var i = 0; i < batch.Length; i++)
                {
                    rows[batch[i]] = new IndexedRow(documents[batch[i]], reply.Vector(i));
                }
            });
        return (dimensions, rows);
    }

    // A title says what a passage is about, often in words that the passage itself leaves out.
    private static string EmbeddedText(IndexedDocument document) =>
        document.Title.Length == 0 ? document.Text : $"{document.Title}\n{document.Text}";

    private VectorIndex Apply(CollectionName name, VectorIndex current, IndexedRow[] rows)
    {
        if (current.Model != rag.Value.EmbedModel)
        {
            throw new HybridException(
                ErrorCode.Conflict,
                $"Collection '{name.Name}' was indexed with model {current.Model}; {rag.Value.EmbedModel} cannot add to it. Delete it and index its documents again.",
                "collection");
        }

        var total = current.Count + rows.Count(row => current.Find(row.Document.Id) is null);
        if (total > options.Value.MaxDocuments || (long)total * current.Dimensions * sizeof(float) > options.Value.MaxIndexBytes)
        {
            throw new HybridException(
                ErrorCode.PayloadTooLarge,
                $"Collection '{name.Name}' would have {total} documents: more than {options.Value.MaxDocuments}, or than fit into {options.Value.MaxIndexBytes} bytes.",
                "documents");
        }

        return current.Upsert(rows);
    }
}
