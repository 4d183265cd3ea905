using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace MessagePack;

public ref partial struct MessagePackReader
{
    /// <summary>A binary (or a string's bytes) as a slice of the input; null for nil.</summary>
    public ReadOnlySequence<byte>? ReadBytes() => TryReadNil() ? null : Take(ReadBinaryLength());

    public string? ReadString() => TryReadNil() ? null : Encoding.UTF8.GetString(Take(ReadStringLength()));

    /// <summary>A string's UTF-8 bytes as a slice of the input; null for nil.</summary>
    public ReadOnlySequence<byte>? ReadStringSequence() => TryReadNil() ? null : Take(ReadStringLength());

    /// <summary>A string's UTF-8 bytes if they lie in one block; false for nil or where they do not, and then nothing is read.</summary>
    public bool TryReadStringSpan(out ReadOnlySpan<byte> span)
    {
        span = default;
        if (IsNil)
            return false;

        var start = this;
        var bytes = Take(ReadStringLength());
        if (!bytes.IsSingleSegment)
        {
            this = start;
            return false;
        }

        span = bytes.FirstSpan;
        return true;
    }

    /// <summary>A slice of the input, without decoding.</summary>
    public ReadOnlySequence<byte> ReadRaw(long length) => Take(length);

    /// <summary>The next value with all that it contains, as a slice of the input.</summary>
    public ReadOnlySequence<byte> ReadRaw()
    {
        var start = Position;
        Skip();
        return Sequence.Slice(start, Position);
    }

    public ExtensionResult ReadExtensionFormat()
    {
        var header = ReadExtensionFormatHeader();
        return new ExtensionResult(header.TypeCode, Take(header.Length));
    }

    /// <summary>An extension's type and length; its bytes are there.</summary>
    public ExtensionHeader ReadExtensionFormatHeader()
    {
        if (!TryReadExtensionFormatHeader(out var header) || header.Length > _reader.Remaining)
            throw Truncated();
        return header;
    }

    /// <summary>False where the header itself is cut off. The length is what the sender claims: not checked against what is there.</summary>
    public bool TryReadExtensionFormatHeader(out ExtensionHeader extensionHeader)
    {
        extensionHeader = default;
        if (_reader.Remaining < 2) // no extension's header is shorter
            return false;

        var code = NextCode;
        var size = code switch
        {
            >= MessagePackCode.FixExt1 and <= MessagePackCode.FixExt16 => 2,
            MessagePackCode.Ext8 => 3,
            MessagePackCode.Ext16 => 4,
            MessagePackCode.Ext32 => 6,
            _ => throw Unexpected(code),
        };
        Span<byte> head = stackalloc byte[6];
        head = head[..size];
        if (!_reader.TryCopyTo(head))
            return false;

        var length = size switch
        {
            2 => 1u << (code - MessagePackCode.FixExt1),
            3 => head[1],
            4 => BinaryPrimitives.ReadUInt16BigEndian(head[1..]),
            _ => BinaryPrimitives.ReadUInt32BigEndian(head[1..]),
        };
        _reader.Advance(size);
        extensionHeader = new ExtensionHeader(unchecked((sbyte)head[^1]), length);
        return true;
    }

    private uint ReadBinaryLength() => NextCode switch
    {
        MessagePackCode.Bin8 => ReadLength(1),
        MessagePackCode.Bin16 => ReadLength(2),
        MessagePackCode.Bin32 => ReadLength(4),
        _ => ReadStringLength(), // peers that write the old specification have no bin formats
    };

    private uint ReadStringLength()
    {
        var code = NextCode;
        switch (code)
        {
            case >= MessagePackCode.MinFixStr and <= MessagePackCode.MaxFixStr:
                _reader.Advance(1);
                return code & 0x1fu;
            case MessagePackCode.Str8:
                return ReadLength(1);
            case MessagePackCode.Str16:
                return ReadLength(2);
            case MessagePackCode.Str32:
                return ReadLength(4);
            default:
                throw Unexpected(code);
        }
    }

    private uint ReadLength(int size)
    {
        var bytes = Peek(1 + size, stackalloc byte[5])[1..];
        var length = size switch
        {
            1 => bytes[0],
            2 => BinaryPrimitives.ReadUInt16BigEndian(bytes),
            _ => BinaryPrimitives.ReadUInt32BigEndian(bytes),
        };
        _reader.Advance(1 + size);
        return length;
    }
}
