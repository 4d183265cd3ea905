using Hybrid.Contracts.Errors;
using Hybrid.Orchestrations.Dispatch;
using Hybrid.Orchestrations.Retrieval;

namespace Hybrid.Orchestrations.Activities;

/// <summary>How stages read a collection.</summary>
internal static class CollectionReads
{
    /// <summary>The tenant's collection as it is now, within the call's time.</summary>
    public static Task<VectorIndex> ReadAsync(
        this PoolCall call, CollectionStore collections, string name, CancellationToken cancellation) =>
        call.Deadline.RunAsync(
            $"Reading collection '{name}'", token => collections.GetAsync(CollectionName.Of(call.Tenant, name), token), cancellation);

    /// <summary>The documents of these ids in their order. One that was deleted since the stage before is left out.</summary>
    /// <exception cref="HybridException"><see cref="ErrorCode.Conflict"/>: all of them were deleted.</exception>
    public static IReadOnlyList<IndexedDocument> FindAll(this VectorIndex index, IReadOnlyList<RankedDocument> documents)
    {
        var found = documents.Select(document => index.Find(document.Id)).OfType<IndexedDocument>().ToList();
        return found.Count > 0
            ? found
            : throw new HybridException(ErrorCode.Conflict, "Every document that was found has been deleted since.", "collection");
    }
}
