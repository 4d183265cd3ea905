using System.Buffers;
using Hybrid.Contracts.Headers;

namespace Hybrid.Orchestrations.Dispatch;

/// <summary>A reply's bytes, in memory of their own: tensors in a decoded reply point into them.</summary>
internal static class ReplyBody
{
    public static bool IsMessagePack(HttpContent content) =>
        string.Equals(content.Headers.ContentType?.MediaType, MediaTypes.MessagePack, StringComparison.OrdinalIgnoreCase);

    /// <exception cref="InvalidDataException">More than <paramref name="maxBytes"/> come.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContent content, int maxBytes, CancellationToken cancellation)
    {
        var announced = content.Headers.ContentLength;
        if (announced > maxBytes)
        {
            throw TooLarge(maxBytes);
        }

        var buffer = new ArrayBufferWriter<byte>((int)(announced ?? 4096) + 1);
        var stream = await content.ReadAsStreamAsync(cancellation);
        await using (stream)
        {
            int read;
            while ((read = await stream.ReadAsync(buffer.GetMemory(), cancellation)) > 0)
            {
                buffer.Advance(read);
                if (buffer.WrittenCount > maxBytes)
                {
                    throw TooLarge(maxBytes);
                }
            }
        }

        return buffer.WrittenMemory;
    }

    private static InvalidDataException TooLarge(int maxBytes) => new($"The reply is larger than {maxBytes} bytes.");
}
