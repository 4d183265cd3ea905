using System.Buffers.Binary;

namespace MessagePack;

public ref partial struct MessagePackWriter
{
    public void WriteNil() => WriteCode(MessagePackCode.Nil);

    public void Write(bool value) => WriteCode(value ? MessagePackCode.True : MessagePackCode.False);

    public void Write(byte value) => Write((ulong)value);

    public void Write(sbyte value) => Write((long)value);

    public void Write(ushort value) => Write((ulong)value);

    public void Write(short value) => Write((long)value);

    public void Write(uint value) => Write((ulong)value);

    public void Write(int value) => Write((long)value);

    public void Write(char value) => Write((ulong)value);

    public void Write(ulong value)
    {
        switch (value)
        {
            case <= MessagePackRange.MaxFixPositiveInt: WriteCode((byte)value); break;
            case <= byte.MaxValue: WriteByte(MessagePackCode.UInt8, (byte)value); break;
            case <= ushort.MaxValue: WriteBigEndian(MessagePackCode.UInt16, (ushort)value); break;
            case <= uint.MaxValue: WriteBigEndian(MessagePackCode.UInt32, (uint)value); break;
            default: WriteBigEndian(MessagePackCode.UInt64, value); break;
        }
    }

    public void Write(long value)
    {
        switch (value)
        {
            case >= 0: Write((ulong)value); break;
            case >= MessagePackRange.MinFixNegativeInt: WriteCode(unchecked((byte)value)); break;
            case >= sbyte.MinValue: WriteByte(MessagePackCode.Int8, unchecked((byte)value)); break;
            case >= short.MinValue: WriteBigEndian(MessagePackCode.Int16, unchecked((ushort)value)); break;
            case >= int.MinValue: WriteBigEndian(MessagePackCode.Int32, unchecked((uint)value)); break;
            default: WriteBigEndian(MessagePackCode.Int64, unchecked((ulong)value)); break;
        }
    }

    public void WriteUInt8(byte value) => WriteByte(MessagePackCode.UInt8, value);

    public void WriteUInt16(ushort value) => WriteBigEndian(MessagePackCode.UInt16, value);

    public void WriteUInt32(uint value) => WriteBigEndian(MessagePackCode.UInt32, value);

    public void WriteUInt64(ulong value) => WriteBigEndian(MessagePackCode.UInt64, value);

    public void WriteInt8(sbyte value) => WriteByte(MessagePackCode.Int8, unchecked((byte)value));

    public void WriteInt16(short value) => WriteBigEndian(MessagePackCode.Int16, unchecked((ushort)value));

    public void WriteInt32(int value) => WriteBigEndian(MessagePackCode.Int32, unchecked((uint)value));

    public void WriteInt64(long value) => WriteBigEndian(MessagePackCode.Int64, unchecked((ulong)value));

    public void Write(float value) => WriteBigEndian(MessagePackCode.Float32, BitConverter.SingleToUInt32Bits(value));

    public void Write(double value) => WriteBigEndian(MessagePackCode.Float64, BitConverter.DoubleToUInt64Bits(value));

    /// <summary>Writes a timestamp in the shortest of its three formats. Local time becomes UTC; an unspecified kind is taken as UTC.</summary>
    public void Write(DateTime dateTime)
    {
        if (dateTime.Kind == DateTimeKind.Local)
            dateTime = dateTime.ToUniversalTime();

        var (seconds, ticks) = Math.DivRem(dateTime.Ticks, TimeSpan.TicksPerSecond);
        seconds -= DateTime.UnixEpoch.Ticks / TimeSpan.TicksPerSecond;
        var nanoseconds = (uint)(ticks * TimeSpan.NanosecondsPerTick);

        if (seconds is < 0 or >= 1L << 34)
            WriteTimestamp96(nanoseconds, seconds);
        else if (nanoseconds == 0 && seconds <= uint.MaxValue)
            WriteTimestamp32((uint)seconds);
        else
            WriteTimestamp64(((ulong)nanoseconds << 34) | (ulong)seconds);
    }

    private void WriteTimestamp32(uint seconds)
    {
        WriteExtensionFormatHeader(new ExtensionHeader(ReservedMessagePackExtensionTypeCode.DateTime, 4));
        BinaryPrimitives.WriteUInt32BigEndian(GetSpan(4), seconds);
        Advance(4);
    }

    private void WriteTimestamp64(ulong nanosecondsAndSeconds)
    {
        WriteExtensionFormatHeader(new ExtensionHeader(ReservedMessagePackExtensionTypeCode.DateTime, 8));
        BinaryPrimitives.WriteUInt64BigEndian(GetSpan(8), nanosecondsAndSeconds);
        Advance(8);
    }

    private void WriteTimestamp96(uint nanoseconds, long seconds)
    {
        WriteExtensionFormatHeader(new ExtensionHeader(ReservedMessagePackExtensionTypeCode.DateTime, 12));
        var span = GetSpan(12);
        BinaryPrimitives.WriteUInt32BigEndian(span, nanoseconds);
        BinaryPrimitives.WriteInt64BigEndian(span[4..], seconds);
        Advance(12);
    }
}
