using System.Buffers;
using System.IO.Pipelines;

namespace Hybrid.GpuHost.Endpoints;

public static class RequestBody
{
    // Bodies without a Content-Length begin with this much.
    private const int UsualLength = 4096;

    /// <summary>All of the body in memory of its own. The server's limit of its size holds; how slowly it may come, too.</summary>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        // A promised length is only believed as far as bytes really come.
        var body = new ArrayBufferWriter<byte>((int)Math.Clamp(request.ContentLength ?? UsualLength, 1, 1 << 20));

        // A token given to the read would leave the server with a reader in the middle of a read: it then logs an error and drops the
        // connection instead of our answer.
        await using var stop = cancellationToken.UnsafeRegister(static reader => ((PipeReader)reader!).CancelPendingRead(), request.BodyReader);
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(CancellationToken.None);
            foreach (var segment in read.Buffer)
            {
                body.Write(segment.Span);
            }

            request.BodyReader.AdvanceTo(read.Buffer.End);
            cancellationToken.ThrowIfCancellationRequested();
            if (read.IsCompleted)
            {
                return body.WrittenMemory;
            }
        }
    }
}
