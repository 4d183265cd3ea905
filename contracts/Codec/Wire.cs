using System.Buffers;
using Hybrid.Contracts.Errors;
using MessagePack;

namespace Hybrid.Contracts.Codec;

/// <summary>The one door between contract types and bytes.</summary>
public static class Wire
{
    /// <summary>Appends the value's wire form to the buffer.</summary>
    public static void Encode<T>(IBufferWriter<byte> buffer, T value)
        where T : IEncodable<T>
    {
        var writer = new MessagePackWriter(buffer);
        T.Write(ref writer, value);
        writer.Flush();
    }

    /// <summary>The value's wire form in an array of its own.</summary>
    public static byte[] Encode<T>(T value)
        where T : IEncodable<T>
    {
        var buffer = new ArrayBufferWriter<byte>();
        Encode(buffer, value);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>
    /// Reads exactly one value. Tensors and vectors keep pointing into <paramref name="bytes"/>: the caller must not reuse that
    /// memory while the value lives.
    /// </summary>
    /// <exception cref="HybridException"><see cref="ErrorCode.InvalidRequest"/>: the bytes are not a <typeparamref name="T"/>.</exception>
    public static T Decode<T>(ReadOnlyMemory<byte> bytes)
        where T : IDecodable<T>, allows ref struct => Decode<T>(new ReadOnlySequence<byte>(bytes));

    /// <summary>The same of bytes that lie in several places, as a server's read buffers do; a tensor may then be in pieces.</summary>
    /// <inheritdoc cref="Decode{T}(ReadOnlyMemory{byte})"/>
    public static T Decode<T>(scoped in ReadOnlySequence<byte> bytes)
        where T : IDecodable<T>, allows ref struct
    {
        var reader = new MessagePackReader(bytes);
        T value;
        try
        {
            value = T.Read(ref reader);
        }
        catch (Exception exception) when (exception is MessagePackSerializationException or EndOfStreamException or OverflowException)
        {
            throw new HybridException(new Error(ErrorCode.InvalidRequest, $"The body is not a {typeof(T).Name} in MessagePack: {exception.Message}"), exception);
        }

        return reader.End
            ? value
            : throw new HybridException(ErrorCode.InvalidRequest, $"The body goes on after the {typeof(T).Name} in it.");
    }
}
