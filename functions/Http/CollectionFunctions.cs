using Hybrid.Contracts.Errors;
using Hybrid.Functions.Collections;
using Hybrid.Functions.Requests;
using Hybrid.Orchestrations.Retrieval;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Hybrid.Functions.Http;

public sealed class CollectionFunctions(RequestReader reader, CollectionIndexer indexer, CollectionStore collections)
{
    [Function("PutDocuments")]
    public async Task<IResult> PutDocumentsAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "v1/collections/{name}/documents")] HttpRequest request,
        string name,
        CancellationToken cancellation)
    {
        var call = ApiCall.Of(request).ToPoolCall();
        var collection = CollectionName.Of(call.Tenant, name);
        var documents = (await reader.ReadAsync<DocumentsBody>(request, cancellation)).ToDocuments();
        var total = await call.Deadline.RunAsync("Indexing", token => indexer.UpsertAsync(collection, documents, call, token), cancellation);
        return Replies.Json(new { Upserted = documents.Count, Total = total });
    }

    [Function("DeleteDocument")]
    public async Task<IResult> DeleteDocumentAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/collections/{name}/documents/{id}")] HttpRequest request,
        string name,
        string id,
        CancellationToken cancellation)
    {
        var (call, collection) = Addressed(request, name);
        await call.Deadline.RunAsync("Deleting the document", token => indexer.RemoveAsync(collection, id, token), cancellation);
        return Results.NoContent();
    }

    [Function("Collections")]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/collections")] HttpRequest request, CancellationToken cancellation)
    {
        var call = ApiCall.Of(request);
        var names = await call.Deadline.RunAsync("Listing collections", token => collections.ListAsync(call.Tenant, token), cancellation);
        return Replies.Json(new { Object = "list", Data = names.Select(name => new { Name = name }) });
    }

    [Function("DeleteCollection")]
    public async Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/collections/{name}")] HttpRequest request,
        string name,
        CancellationToken cancellation)
    {
        var (call, collection) = Addressed(request, name);
        return await call.Deadline.RunAsync("Deleting the collection", token => collections.DeleteAsync(collection, token), cancellation)
            ? Results.NoContent()
            : throw new HybridException(ErrorCode.NotFound, $"There is no collection '{name}'.", "collection");
    }

    private static (ApiCall Call, CollectionName Collection) Addressed(HttpRequest request, string name)
    {
        var call = ApiCall.Of(request);
        return (call, CollectionName.Of(call.Tenant, name));
    }
}
