using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Hybrid.Contracts.Errors;

namespace Hybrid.Contracts.Codec;

/// <summary>Values one after another in one body: before each stands its length in bytes, as four bytes, big-endian.</summary>
public static class Frames
{
    /// <summary>
    /// Longest value in bytes: 1 MiB, far over any token's text or error. A reader believes no longer length, so that four bytes
    /// cannot make it wait for, or hold, more than this.
    /// </summary>
    public const int MaxLength = 1 << 20;

    private const int HeaderLength = sizeof(uint);

    /// <summary>Appends one frame.</summary>
    /// <exception cref="InvalidOperationException">The value is longer than <see cref="MaxLength"/>; nothing was written.</exception>
    public static void Write<T>(IBufferWriter<byte> output, T value)
        where T : IWire<T>
    {
        var bytes = Wire.Encode(value);
        if (bytes.Length > MaxLength)
        {
            throw new InvalidOperationException($"A {typeof(T).Name} of {bytes.Length} bytes is longer than a frame of {MaxLength}.");
        }

        BinaryPrimitives.WriteUInt32BigEndian(output.GetSpan(HeaderLength), (uint)bytes.Length);
        output.Advance(HeaderLength);
        output.Write(bytes);
    }

    /// <summary>The values as they come, until the input ends.</summary>
    /// <exception cref="EndOfStreamException">The input ended inside a frame.</exception>
    /// <exception cref="InvalidDataException">A length over <see cref="MaxLength"/>.</exception>
    /// <exception cref="HybridException"><see cref="ErrorCode.InvalidRequest"/>: a frame's bytes are not a <typeparamref name="T"/>.</exception>
    public static async IAsyncEnumerable<T> ReadAsync<T>(PipeReader input, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        where T : IWire<T>
    {
        while (true)
        {
            var result = await input.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            while (TryRead(ref buffer, out var bytes))
            {
                // A copy of its own: the value may outlive the pipe's memory.
                yield return Wire.Decode<T>(bytes.ToArray());
            }

            input.AdvanceTo(buffer.Start, result.Buffer.End);
            if (!result.IsCompleted)
            {
                continue;
            }

            if (buffer.IsEmpty)
            {
                yield break;
            }

            throw new EndOfStreamException($"The stream ended inside a frame, after {buffer.Length} bytes of it.");
        }
    }

    private static bool TryRead(ref ReadOnlySequence<byte> input, out ReadOnlySequence<byte> value)
    {
        value = default;
        var reader = new SequenceReader<byte>(input);
        if (!reader.TryReadBigEndian(out int signed))
        {
            return false;
        }

        var length = (uint)signed;
        if (length > MaxLength)
        {
            throw new InvalidDataException($"A frame of {length} bytes is announced; {MaxLength} are allowed.");
        }

        if (!reader.TryReadExact((int)length, out value))
        {
            return false;
        }

        input = reader.UnreadSequence;
        return true;
    }
}
