using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Generation.Sequences;

namespace Hybrid.GpuHost.Endpoints.Tasks;

/// <summary>Writes an answer while it is made. The status is only sent with the first token: what fails before is an ordinary error.</summary>
internal static class GenerateFrames
{
    // To whoever reads at all it is gone in an instant.
    private static readonly TimeSpan LastWord = TimeSpan.FromSeconds(1);

    /// <exception cref="OperationCanceledException">The budget ended, the client left, or it did not read.</exception>
    public static async Task WriteAsync(HttpResponse response, GenerationStream stream, CancellationToken budget)
    {
        response.ContentType = MediaTypes.MessagePackFrames;
        await foreach (var frame in stream.ReadAsync())
        {
            Frames.Write(response.BodyWriter, frame);
            var flush = response.BodyWriter.FlushAsync(response.HttpContext.RequestAborted);

            // The server cuts the connection when a flush is called off; what ends here is only our wait for it.
            await (flush.IsCompleted ? flush.AsTask() : flush.AsTask().WaitAsync(budget));
        }
    }

    public static async Task WriteFailureAsync(HttpResponse response, Error error)
    {
        Frames.Write<GenerateFrame>(response.BodyWriter, new GenerateFrame.Failure(error));

        // Here that is what we want: a client that reads nothing is not waited for.
        using var patience = new CancellationTokenSource(LastWord, TimeProvider.System);
        await response.BodyWriter.FlushAsync(patience.Token);
    }
}
