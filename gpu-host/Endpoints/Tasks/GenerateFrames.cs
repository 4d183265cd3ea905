using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Generation.Sequences;

namespace Hybrid.GpuHost.Endpoints.Tasks;

/// <summary>Writes an answer while it is made. The status is only sent with the first token: what fails before is an ordinary error.</summary>
internal static class GenerateFrames
{
    public static async Task WriteAsync(HttpResponse response, GenerationStream stream)
    {
        response.ContentType = MediaTypes.MessagePackFrames;
        await foreach (var frame in stream.ReadAsync())
        {
            Frames.Write(response.BodyWriter, frame);
            await FlushAsync(response);
        }
    }

    public static Task WriteFailureAsync(HttpResponse response, Error error)
    {
        Frames.Write<GenerateFrame>(response.BodyWriter, new GenerateFrame.Failure(error));
        return FlushAsync(response);
    }

    // Not the budget's token: it may be what ended, and a client that reads too slowly is the server's to cut off.
    private static async Task FlushAsync(HttpResponse response) => await response.BodyWriter.FlushAsync(response.HttpContext.RequestAborted);
}
