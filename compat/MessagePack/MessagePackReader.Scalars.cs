using System.Buffers.Binary;
using System.Numerics;

namespace MessagePack;

public ref partial struct MessagePackReader
{
    public Nil ReadNil() => TryReadNil() ? Nil.Default : throw Unexpected(NextCode);

    /// <summary>Reads nil if it comes next; else stays where it is.</summary>
    public bool TryReadNil()
    {
        if (NextCode != MessagePackCode.Nil)
            return false;
        _reader.Advance(1);
        return true;
    }

    public bool ReadBoolean()
    {
        var code = NextCode;
        if (code is not (MessagePackCode.True or MessagePackCode.False))
            throw Unexpected(code);
        _reader.Advance(1);
        return code == MessagePackCode.True;
    }

    public byte ReadByte() => Fit<long, byte>(ReadInt64());

    public sbyte ReadSByte() => Fit<long, sbyte>(ReadInt64());

    public ushort ReadUInt16() => Fit<long, ushort>(ReadInt64());

    public short ReadInt16() => Fit<long, short>(ReadInt64());

    public uint ReadUInt32() => Fit<long, uint>(ReadInt64());

    public int ReadInt32() => Fit<long, int>(ReadInt64());

    public char ReadChar() => (char)ReadUInt16();

    public ulong ReadUInt64() => NextCode == MessagePackCode.UInt64 ? ReadUInt64Format() : Fit<long, ulong>(ReadInt64());

    public long ReadInt64()
    {
        var code = NextCode;
        if (code == MessagePackCode.UInt64)
            return Fit<ulong, long>(ReadUInt64Format());

        var bytes = Peek(ScalarSize(code), stackalloc byte[9]);
        var value = code switch
        {
            <= MessagePackCode.MaxFixInt => code,
            >= MessagePackCode.MinNegativeFixInt => unchecked((sbyte)code),
            MessagePackCode.UInt8 => bytes[1],
            MessagePackCode.UInt16 => BinaryPrimitives.ReadUInt16BigEndian(bytes[1..]),
            MessagePackCode.UInt32 => BinaryPrimitives.ReadUInt32BigEndian(bytes[1..]),
            MessagePackCode.Int8 => unchecked((sbyte)bytes[1]),
            MessagePackCode.Int16 => BinaryPrimitives.ReadInt16BigEndian(bytes[1..]),
            MessagePackCode.Int32 => BinaryPrimitives.ReadInt32BigEndian(bytes[1..]),
            MessagePackCode.Int64 => BinaryPrimitives.ReadInt64BigEndian(bytes[1..]),
            _ => throw Unexpected(code),
        };
        _reader.Advance(bytes.Length);
        return value;
    }

    /// <summary>Reads any number, rounded to the nearest single.</summary>
    public float ReadSingle()
    {
        switch (NextCode)
        {
            case MessagePackCode.Float32:
                var value = BinaryPrimitives.ReadSingleBigEndian(Peek(5, stackalloc byte[5])[1..]);
                _reader.Advance(5);
                return value;
            case MessagePackCode.UInt64:
                return ReadUInt64Format();
            case MessagePackCode.Float64:
                return (float)ReadDouble();
            default:
                return ReadInt64();
        }
    }

    public double ReadDouble()
    {
        switch (NextCode)
        {
            case MessagePackCode.Float64:
                var value = BinaryPrimitives.ReadDoubleBigEndian(Peek(9, stackalloc byte[9])[1..]);
                _reader.Advance(9);
                return value;
            case MessagePackCode.UInt64:
                return ReadUInt64Format();
            case MessagePackCode.Float32:
                return ReadSingle();
            default:
                return ReadInt64();
        }
    }

    /// <summary>Reads a timestamp in any of its three formats, as UTC.</summary>
    public DateTime ReadDateTime() => ReadDateTime(ReadExtensionFormatHeader());

    /// <summary>Reads a timestamp whose header was read already.</summary>
    public DateTime ReadDateTime(ExtensionHeader header)
    {
        if (header.TypeCode != ReservedMessagePackExtensionTypeCode.DateTime || header.Length is not (4 or 8 or 12))
            throw new MessagePackSerializationException($"Extension type {header.TypeCode} of {header.Length} bytes is no timestamp.");

        var bytes = Peek((int)header.Length, stackalloc byte[12]);
        var value = header.Length switch
        {
            4 => Timestamp(BinaryPrimitives.ReadUInt32BigEndian(bytes), 0),
            8 => Timestamp64(BinaryPrimitives.ReadUInt64BigEndian(bytes)),
            _ => Timestamp(BinaryPrimitives.ReadInt64BigEndian(bytes[4..]), BinaryPrimitives.ReadUInt32BigEndian(bytes)),
        };
        _reader.Advance(bytes.Length);
        return value;
    }

    private ulong ReadUInt64Format()
    {
        var value = BinaryPrimitives.ReadUInt64BigEndian(Peek(9, stackalloc byte[9])[1..]);
        _reader.Advance(9);
        return value;
    }

    private static DateTime Timestamp64(ulong value) => Timestamp((long)(value & ((1UL << 34) - 1)), (long)(value >> 34));

    private static DateTime Timestamp(long seconds, long nanoseconds)
    {
        try
        {
            return DateTime.UnixEpoch.AddTicks(checked((seconds * TimeSpan.TicksPerSecond) + (nanoseconds / TimeSpan.NanosecondsPerTick)));
        }
        catch (Exception outside) when (outside is OverflowException or ArgumentOutOfRangeException)
        {
            throw new MessagePackSerializationException("The timestamp is outside the years 1 to 9999.", outside);
        }
    }

    private static TOut Fit<TIn, TOut>(TIn value)
        where TIn : IBinaryInteger<TIn>
        where TOut : IBinaryInteger<TOut>
    {
        try
        {
            return TOut.CreateChecked(value);
        }
        catch (OverflowException overflow)
        {
            throw new MessagePackSerializationException($"{value} does not fit the integer type that was asked for.", overflow);
        }
    }
}
