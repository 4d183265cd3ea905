using System.Buffers;
using MessagePack;

namespace Hybrid.Compat.Tests.MessagePack;

/// <summary>Values to bytes and back, through the outer surface.</summary>
internal static class Wire
{
    public delegate void Writing(ref MessagePackWriter writer);

    public delegate T Reading<out T>(ref MessagePackReader reader);

    public static byte[] Write(Writing write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        write(ref writer);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    public static string Hex(Writing write) => Convert.ToHexStringLower(Write(write));

    /// <summary>Reads one value and makes sure that nothing is left.</summary>
    public static T Read<T>(ReadOnlyMemory<byte> bytes, Reading<T> read) => Read(new ReadOnlySequence<byte>(bytes), read);

    /// <inheritdoc cref="Read{T}(ReadOnlyMemory{byte}, Reading{T})"/>
    public static T Read<T>(ReadOnlySequence<byte> bytes, Reading<T> read)
    {
        var reader = new MessagePackReader(bytes);
        var value = read(ref reader);
        Assert.True(reader.End);
        Assert.Equal(bytes.Length, reader.Consumed);
        return value;
    }

    public static T ReadHex<T>(string hex, Reading<T> read) => Read(Convert.FromHexString(hex), read);
}
