using System.Buffers;
using Hybrid.Contracts.Headers;

namespace Hybrid.Orchestrations.Dispatch;

/// <summary>A reply's bytes, in memory of their own: tensors in a decoded reply point into them.</summary>
internal static class ReplyBody
{
    public static bool IsMessagePack(HttpContent content) => Is(content, MediaTypes.MessagePack);

    public static bool IsFrames(HttpContent content) => Is(content, MediaTypes.MessagePackFrames);

    /// <param name="content">Of a response whose headers have come; its owner disposes it, which ends a read that stalls.</param>
    /// <param name="maxBytes">More are not taken.</param>
    /// <param name="stall">The longest pause.</param>
    /// <param name="time">Measures it.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="InvalidDataException">More than <paramref name="maxBytes"/> come.</exception>
    /// <exception cref="TimeoutException">Nothing came for longer than <paramref name="stall"/>.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(
        HttpContent content, int maxBytes, TimeSpan stall, TimeProvider time, CancellationToken cancellation)
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
            while ((read = await ReadAsync(stream, buffer.GetMemory(), stall, time, cancellation)) > 0)
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

    private static bool Is(HttpContent content, string mediaType) =>
        string.Equals(content.Headers.ContentType?.MediaType, mediaType, StringComparison.OrdinalIgnoreCase);

    // What is there already, as it nearly always is, needs no timer.
    private static ValueTask<int> ReadAsync(Stream stream, Memory<byte> buffer, TimeSpan stall, TimeProvider time, CancellationToken cancellation)
    {
        var read = stream.ReadAsync(buffer, cancellation);
        return read.IsCompleted ? read : new ValueTask<int>(read.AsTask().WaitAsync(stall, time, cancellation));
    }

    private static InvalidDataException TooLarge(int maxBytes) => new($"The reply is larger than {maxBytes} bytes.");
}
