using Hybrid.Functions.OpenAi;
using Hybrid.Functions.Requests;
using Hybrid.Orchestrations.Caching;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Hybrid.Functions.Http;

public sealed class ChatFunctions(CachedTasks tasks, ChatStream stream, RequestReader reader, TimeProvider time)
{
    [Function("ChatCompletions")]
    public async Task<IResult> CompleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/chat/completions")] HttpRequest request, CancellationToken cancellation)
    {
        var call = ApiCall.Of(request);
        var body = await reader.ReadAsync<ChatBody>(request, cancellation);
        var task = body.ToTask();
        if (body.Stream == true)
        {
            await stream.SendAsync(request.HttpContext.Response, task, body.StreamOptions?.IncludeUsage == true, cancellation);
            return Results.Empty;
        }

        var reply = request.HttpContext.Response.Unwrap(
            await tasks.GenerateAsync(task, call.ToPoolCall(), CacheHeaders.Read(request), cancellation));
        return Replies.Json(ChatReply.Of(reply, call.RequestId, time.GetUtcNow()));
    }
}
