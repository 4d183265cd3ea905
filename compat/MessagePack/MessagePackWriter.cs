using System.Buffers;
using System.Buffers.Binary;

namespace MessagePack;

/// <summary>Writes MessagePack, every value in its shortest format, into a buffer writer; <see cref="Flush"/> hands over what is pending.</summary>
public ref partial struct MessagePackWriter
{
    private readonly IBufferWriter<byte> _output;
    private Span<byte> _span;
    private int _pending;

    public MessagePackWriter(IBufferWriter<byte> writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        _output = writer;
        _span = default;
        _pending = 0;
    }

    /// <summary>Tells the underlying writer how much of its memory was used.</summary>
    public void Flush()
    {
        if (_pending > 0)
        {
            _output.Advance(_pending);
            _pending = 0;
            _span = default;
        }
    }

    /// <summary>Memory to write raw MessagePack into; <see cref="Advance"/> says how much of it was used.</summary>
    public Span<byte> GetSpan(int length)
    {
        if (_span.Length < length)
        {
            Flush();
            _span = _output.GetSpan(length);
        }

        return _span;
    }

    public void Advance(int length)
    {
        _span = _span[length..];
        _pending += length;
    }

    /// <summary>Copies bytes that are MessagePack already.</summary>
    public void WriteRaw(ReadOnlySpan<byte> rawMessagePackBlock) => Append(rawMessagePackBlock);

    /// <inheritdoc cref="WriteRaw(ReadOnlySpan{byte})"/>
    public void WriteRaw(in ReadOnlySequence<byte> rawMessagePackBlock) => Append(rawMessagePackBlock);

    public void WriteArrayHeader(int count) => WriteArrayHeader(checked((uint)count));

    public void WriteArrayHeader(uint count)
    {
        if (count <= MessagePackRange.MaxFixArrayCount)
            WriteCode((byte)(MessagePackCode.MinFixArray | count));
        else if (count <= ushort.MaxValue)
            WriteBigEndian(MessagePackCode.Array16, (ushort)count);
        else
            WriteBigEndian(MessagePackCode.Array32, count);
    }

    public void WriteMapHeader(int count) => WriteMapHeader(checked((uint)count));

    public void WriteMapHeader(uint count)
    {
        if (count <= MessagePackRange.MaxFixMapCount)
            WriteCode((byte)(MessagePackCode.MinFixMap | count));
        else if (count <= ushort.MaxValue)
            WriteBigEndian(MessagePackCode.Map16, (ushort)count);
        else
            WriteBigEndian(MessagePackCode.Map32, count);
    }

    private void Append(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        Advance(bytes.Length);
    }

    private void Append(in ReadOnlySequence<byte> bytes)
    {
        foreach (var segment in bytes)
            Append(segment.Span);
    }

    private void WriteCode(byte code)
    {
        GetSpan(1)[0] = code;
        Advance(1);
    }

    private void WriteByte(byte code, byte value)
    {
        var span = GetSpan(2);
        span[0] = code;
        span[1] = value;
        Advance(2);
    }

    private void WriteBigEndian(byte code, ushort value)
    {
        var span = GetSpan(3);
        span[0] = code;
        BinaryPrimitives.WriteUInt16BigEndian(span[1..], value);
        Advance(3);
    }

    private void WriteBigEndian(byte code, uint value)
    {
        var span = GetSpan(5);
        span[0] = code;
        BinaryPrimitives.WriteUInt32BigEndian(span[1..], value);
        Advance(5);
    }

    private void WriteBigEndian(byte code, ulong value)
    {
        var span = GetSpan(9);
        span[0] = code;
        BinaryPrimitives.WriteUInt64BigEndian(span[1..], value);
        Advance(9);
    }
}
