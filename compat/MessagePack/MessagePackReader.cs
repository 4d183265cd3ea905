using System.Buffers;
using System.Buffers.Binary;

namespace MessagePack;

/// <summary>Reads MessagePack without copying, from one block of memory or a sequence of them.</summary>
/// <remarks>
/// Every malformed, truncated or unexpected input is a <see cref="MessagePackSerializationException"/>. The real package throws an
/// <see cref="EndOfStreamException"/> where bytes are missing and an <see cref="OverflowException"/> where a number does not fit;
/// here those are the inner exception. Who must run on both catches all three.
/// </remarks>
public ref partial struct MessagePackReader
{
    private SequenceReader<byte> _reader;

    public MessagePackReader(ReadOnlyMemory<byte> memory)
        : this(new ReadOnlySequence<byte>(memory))
    {
    }

    public MessagePackReader(scoped in ReadOnlySequence<byte> readOnlySequence) => _reader = new SequenceReader<byte>(readOnlySequence);

    /// <summary>How deep the caller is inside nested values; the reader only carries it.</summary>
    public int Depth { get; set; }

    public ReadOnlySequence<byte> Sequence => _reader.Sequence;

    public SequencePosition Position => _reader.Position;

    public long Consumed => _reader.Consumed;

    public bool End => _reader.End;

    public bool IsNil => NextCode == MessagePackCode.Nil;

    public MessagePackType NextMessagePackType => MessagePackCode.ToMessagePackType(NextCode);

    public byte NextCode => _reader.TryPeek(out var code) ? code : throw Truncated();

    /// <summary>A second reader at this position, independent of this one.</summary>
    public MessagePackReader CreatePeekReader() => this;

    /// <summary>Passes over one value with all that it contains, however deep, in constant stack.</summary>
    public void Skip()
    {
        for (var left = 1L; left > 0; left--)
            left += SkipHead();
    }

    /// <summary>How many values the header announces, each at least one byte and there: safe to allocate for.</summary>
    public int ReadArrayHeader()
    {
        if (!TryReadArrayHeader(out var count) || count > _reader.Remaining)
            throw Truncated();
        return count;
    }

    /// <summary>False where the header itself is cut off. The count is what the sender claims: not checked against what is there.</summary>
    public bool TryReadArrayHeader(out int count) =>
        TryReadCount(MessagePackCode.MinFixArray, MessagePackCode.MaxFixArray, MessagePackCode.Array16, MessagePackCode.Array32, out count);

    /// <summary>How many pairs the header announces, each at least two bytes and there: safe to allocate for.</summary>
    public int ReadMapHeader()
    {
        if (!TryReadMapHeader(out var count) || count * 2L > _reader.Remaining)
            throw Truncated();
        return count;
    }

    /// <inheritdoc cref="TryReadArrayHeader"/>
    public bool TryReadMapHeader(out int count) =>
        TryReadCount(MessagePackCode.MinFixMap, MessagePackCode.MaxFixMap, MessagePackCode.Map16, MessagePackCode.Map32, out count);

    private bool TryReadCount(byte fixMin, byte fixMax, byte code16, byte code32, out int count)
    {
        count = 0;
        if (!_reader.TryPeek(out var code))
            return false;

        var size = code == code16 ? 3 : code == code32 ? 5 : 1;
        if (size == 1 && (code < fixMin || code > fixMax))
            throw Unexpected(code);

        Span<byte> head = stackalloc byte[5];
        head = head[..size];
        if (!_reader.TryCopyTo(head))
            return false;

        count = size switch
        {
            1 => code & 0xf,
            3 => BinaryPrimitives.ReadUInt16BigEndian(head[1..]),
            _ => Fit<uint, int>(BinaryPrimitives.ReadUInt32BigEndian(head[1..])),
        };
        _reader.Advance(size);
        return true;
    }

    /// <summary>Passes over one value's own bytes; returns how many values it contains.</summary>
    private long SkipHead()
    {
        var code = NextCode;
        switch (MessagePackCode.ToMessagePackType(code))
        {
            case MessagePackType.Array:
                return TryReadArrayHeader(out var elements) ? elements : throw Truncated();
            case MessagePackType.Map:
                return TryReadMapHeader(out var pairs) ? pairs * 2L : throw Truncated();
            case MessagePackType.String:
                Take(ReadStringLength());
                return 0;
            case MessagePackType.Binary:
                Take(ReadBinaryLength());
                return 0;
            case MessagePackType.Extension:
                Take(ReadExtensionFormatHeader().Length);
                return 0;
            case MessagePackType.Unknown:
                throw Unexpected(code);
            default:
                Take(ScalarSize(code));
                return 0;
        }
    }

    private static int ScalarSize(byte code) => code switch
    {
        MessagePackCode.UInt8 or MessagePackCode.Int8 => 2,
        MessagePackCode.UInt16 or MessagePackCode.Int16 => 3,
        MessagePackCode.UInt32 or MessagePackCode.Int32 or MessagePackCode.Float32 => 5,
        MessagePackCode.UInt64 or MessagePackCode.Int64 or MessagePackCode.Float64 => 9,
        _ => 1,
    };

    /// <summary>The next bytes as they lie in memory, or joined in <paramref name="scratch"/> where they are in several blocks.</summary>
    private readonly ReadOnlySpan<byte> Peek(int size, Span<byte> scratch)
    {
        var unread = _reader.UnreadSpan;
        if (unread.Length >= size)
            return unread[..size];
        return _reader.TryCopyTo(scratch[..size]) ? scratch[..size] : throw Truncated();
    }

    /// <summary>A slice of the input, after making sure that it is there.</summary>
    private ReadOnlySequence<byte> Take(long length)
    {
        if (length > _reader.Remaining)
            throw Truncated();
        var slice = _reader.Sequence.Slice(_reader.Position, length);
        _reader.Advance(length);
        return slice;
    }

    private static MessagePackSerializationException Truncated()
    {
        var inner = new EndOfStreamException();
        return new MessagePackSerializationException(inner.Message, inner);
    }

    private static MessagePackSerializationException Unexpected(byte code) =>
        new($"Unexpected msgpack code {code} ({MessagePackCode.ToFormatName(code)}) encountered.");
}
