using Hybrid.Functions.OpenAi;
using Hybrid.Functions.Requests;
using Hybrid.Orchestrations.Caching;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Hybrid.Functions.Http;

public sealed class EmbeddingsFunctions(CachedTasks tasks, RequestReader reader)
{
    [Function("Embeddings")]
    public async Task<IResult> EmbedAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/embeddings")] HttpRequest request, CancellationToken cancellation)
    {
        var body = await reader.ReadAsync<EmbeddingsBody>(request, cancellation);
        var asBase64 = body.AsBase64;
        var reply = request.HttpContext.Response.Unwrap(
            await tasks.EmbedAsync(body.ToTask(), ApiCall.Of(request).ToPoolCall(), CacheHeaders.Read(request), cancellation));
        body.CheckDimensions(reply);
        return Replies.Json(EmbeddingsReply.Of(reply, asBase64));
    }
}
