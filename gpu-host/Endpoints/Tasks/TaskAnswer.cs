using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Headers;

namespace Hybrid.GpuHost.Endpoints.Tasks;

/// <summary>An answer in one piece.</summary>
internal static class TaskAnswer
{
    public static ValueTask WriteAsync<T>(HttpResponse response, T value, CancellationToken cancellationToken)
        where T : IEncodable<T>
    {
        response.ContentType = MediaTypes.MessagePack;
        var body = response.BodyWriter;
        Wire.Encode(body, value);

        // Nothing is sent before the flush, so its length is known in time: a client reads such a body at once, a chunked one in steps.
        // To a client that left the server keeps nothing.
        if (body.UnflushedBytes is > 0 and var length)
        {
            response.ContentLength = length;
        }

        var flush = body.FlushAsync(cancellationToken);
        return flush.IsCompletedSuccessfully ? ValueTask.CompletedTask : new ValueTask(flush.AsTask());
    }
}
