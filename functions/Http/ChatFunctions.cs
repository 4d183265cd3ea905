using Hybrid.Functions.OpenAi;
using Hybrid.Functions.Requests;
using Hybrid.Orchestrations.Caching;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Hybrid.Functions.Http;

public sealed class ChatFunctions(CachedTasks tasks, RequestReader reader, TimeProvider time)
{
    [Function("ChatCompletions")]
    public async Task<IResult> CompleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/chat/completions")] HttpRequest request, CancellationToken cancellation)
    {
        var call = ApiCall.Of(request);
        var body = await reader.ReadAsync<ChatBody>(request, cancellation);
        var reply = request.HttpContext.Response.Unwrap(
            await tasks.GenerateAsync(body.ToTask(), call.ToPoolCall(), CacheHeaders.Read(request), cancellation));
        return Replies.Json(ChatReply.Of(reply, call.RequestId, time.GetUtcNow()));
    }
}
