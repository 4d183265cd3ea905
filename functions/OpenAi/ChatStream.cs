using Hybrid.Contracts.Tasks;
using Hybrid.Functions.Requests;
using Hybrid.Functions.Streaming;
using Hybrid.Orchestrations.Dispatch;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Hybrid.Functions.OpenAi;

/// <summary>
/// Sends an answer while it is made. What fails before the first part is thrown with nothing sent yet; what fails later is thrown,
/// too, and the error middleware ends the stream with it.
/// </summary>
public sealed class ChatStream(GpuPool pool, IOptions<StreamingOptions> options, TimeProvider time)
{
    internal async Task SendAsync(HttpResponse response, GenerateRequest task, bool includeUsage, CancellationToken cancellation)
    {
        var call = ApiCall.Of(response.HttpContext);
        // Whichever host serves this function: one of the two says that the client left.
        using var left = CancellationTokenSource.CreateLinkedTokenSource(cancellation, response.HttpContext.RequestAborted);
        var events = new EventStream(response, options.Value.ReadTimeout, time);
        ChatChunks chunks = null!;
        await foreach (var frame in pool.GenerateStreamAsync(task, call.ToPoolCall(), left.Token).WithPauses(options.Value.Heartbeat, time, left.Token))
        {
            switch (frame)
            {
                case null:
                    await events.PingAsync();
                    break;
                case GenerateFrame.Begin begin:
                    chunks = new ChatChunks(begin, call.RequestId, time.GetUtcNow(), includeUsage);
                    await SendAsync(chunks.Role());
                    break;
                case GenerateFrame.Piece piece:
                    await SendAsync(chunks.Text(piece.Text));
                    break;
                case GenerateFrame.End end:
                    foreach (var chunk in chunks.End(end))
                    {
                        await SendAsync(chunk);
                    }

                    break;
            }
        }

        await events.SendDoneAsync();

        // By its own type: one of the two has a field more.
        Task SendAsync(ChatChunk chunk) => events.SendAsync<object>(chunk);
    }
}
