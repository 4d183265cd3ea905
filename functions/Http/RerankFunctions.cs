using Hybrid.Functions.Requests;
using Hybrid.Functions.Reranking;
using Hybrid.Orchestrations.Caching;
using Hybrid.Orchestrations.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace Hybrid.Functions.Http;

public sealed class RerankFunctions(CachedTasks tasks, RequestReader reader, IOptions<RagOptions> rag)
{
    [Function("Rerank")]
    public async Task<IResult> RerankAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/rerank")] HttpRequest request, CancellationToken cancellation)
    {
        var call = ApiCall.Of(request);
        var body = await reader.ReadAsync<RerankBody>(request, cancellation);
        var task = body.ToTask();
        var topN = body.Count(task);
        var reply = request.HttpContext.Response.Unwrap(
            await tasks.RerankAsync(task, call.ToPoolCall(), CacheHeaders.Read(request), cancellation));
        return Replies.Json(RerankReplyBody.Of(task, reply, topN, body.ReturnDocuments == true, call.RequestId));
    }

    /// <summary>Text-embeddings-inference's route; the model is the one of <c>Rag:RerankModel</c>.</summary>
    [Function("TeiRerank")]
    public async Task<IResult> TeiRerankAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "rerank")] HttpRequest request, CancellationToken cancellation)
    {
        var body = await reader.ReadAsync<TeiRerankBody>(request, cancellation);
        var task = body.ToTask(rag.Value.RerankModel);
        var reply = request.HttpContext.Response.Unwrap(
            await tasks.RerankAsync(task, ApiCall.Of(request).ToPoolCall(), CacheHeaders.Read(request), cancellation));
        return Replies.Json(body.ToReply(task, reply));
    }
}
