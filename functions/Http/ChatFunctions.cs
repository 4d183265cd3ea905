using Hybrid.Functions.OpenAi;
using Hybrid.Functions.Requests;
using Hybrid.Orchestrations.Dispatch;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Hybrid.Functions.Http;

public sealed class ChatFunctions(GpuPool pool, RequestReader reader, TimeProvider time)
{
    [Function("ChatCompletions")]
    public async Task<IResult> CompleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/chat/completions")] HttpRequest request, CancellationToken cancellation)
    {
        var call = ApiCall.Of(request);
        var body = await reader.ReadAsync<ChatBody>(request, cancellation);
        var reply = await pool.GenerateAsync(body.ToTask(), call.ToPoolCall(), cancellation);
        return Replies.Json(ChatReply.Of(reply, call.RequestId, time.GetUtcNow()));
    }
}
