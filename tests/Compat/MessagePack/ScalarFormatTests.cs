using System.Globalization;
using MessagePack;

namespace Hybrid.Compat.Tests.MessagePack;

/// <summary>Both sides of every boundary in the specification's table of formats.</summary>
public sealed class ScalarFormatTests
{
    public static TheoryData<long, string> Integers => new()
    {
        { 0, "00" },
        { 1, "01" },
        { 127, "7f" },
        { 128, "cc80" },
        { 255, "ccff" },
        { 256, "cd0100" },
        { 65535, "cdffff" },
        { 65536, "ce00010000" },
        { uint.MaxValue, "ceffffffff" },
        { uint.MaxValue + 1L, "cf0000000100000000" },
        { long.MaxValue, "cf7fffffffffffffff" },
        { -1, "ff" },
        { -32, "e0" },
        { -33, "d0df" },
        { -128, "d080" },
        { -129, "d1ff7f" },
        { -32768, "d18000" },
        { -32769, "d2ffff7fff" },
        { int.MinValue, "d280000000" },
        { int.MinValue - 1L, "d3ffffffff7fffffff" },
        { long.MinValue, "d38000000000000000" },
    };

    [Theory]
    [MemberData(nameof(Integers))]
    public void Integer_OfAnyType_TakesItsShortestFormat(long value, string hex)
    {
        Assert.Equal(hex, Wire.Hex((ref MessagePackWriter w) => w.Write(value)));
        if (value >= 0)
            Assert.Equal(hex, Wire.Hex((ref MessagePackWriter w) => w.Write((ulong)value)));
        if (value is >= int.MinValue and <= int.MaxValue)
            Assert.Equal(hex, Wire.Hex((ref MessagePackWriter w) => w.Write((int)value)));
        if (value is >= 0 and <= uint.MaxValue)
            Assert.Equal(hex, Wire.Hex((ref MessagePackWriter w) => w.Write((uint)value)));
        if (value is >= short.MinValue and <= short.MaxValue)
            Assert.Equal(hex, Wire.Hex((ref MessagePackWriter w) => w.Write((short)value)));
        if (value is >= 0 and <= ushort.MaxValue)
            Assert.Equal(hex, Wire.Hex((ref MessagePackWriter w) => w.Write((ushort)value)));
        if (value is >= 0 and <= ushort.MaxValue)
            Assert.Equal(hex, Wire.Hex((ref MessagePackWriter w) => w.Write((char)value)));
        if (value is >= sbyte.MinValue and <= sbyte.MaxValue)
            Assert.Equal(hex, Wire.Hex((ref MessagePackWriter w) => w.Write((sbyte)value)));
        if (value is >= 0 and <= byte.MaxValue)
            Assert.Equal(hex, Wire.Hex((ref MessagePackWriter w) => w.Write((byte)value)));
    }

    [Theory]
    [MemberData(nameof(Integers))]
    public void Integer_ReadAsAnyType_IsItsValueOrRefused(long value, string hex)
    {
        Agree(hex, value, long.MinValue, long.MaxValue, (ref MessagePackReader r) => r.ReadInt64());
        Agree(hex, value, int.MinValue, int.MaxValue, (ref MessagePackReader r) => r.ReadInt32());
        Agree(hex, value, short.MinValue, short.MaxValue, (ref MessagePackReader r) => r.ReadInt16());
        Agree(hex, value, sbyte.MinValue, sbyte.MaxValue, (ref MessagePackReader r) => r.ReadSByte());
        Agree(hex, value, 0, long.MaxValue, (ref MessagePackReader r) => (long)r.ReadUInt64());
        Agree(hex, value, 0, uint.MaxValue, (ref MessagePackReader r) => r.ReadUInt32());
        Agree(hex, value, 0, ushort.MaxValue, (ref MessagePackReader r) => r.ReadUInt16());
        Agree(hex, value, 0, byte.MaxValue, (ref MessagePackReader r) => r.ReadByte());
        Agree(hex, value, 0, char.MaxValue, (ref MessagePackReader r) => r.ReadChar());
        Assert.Equal((float)value, Wire.ReadHex(hex, (ref MessagePackReader r) => r.ReadSingle()));
        Assert.Equal((double)value, Wire.ReadHex(hex, (ref MessagePackReader r) => r.ReadDouble()));
    }

    [Fact]
    public void UInt64_AboveInt64_IsRead_AndRefusedAsInt64()
    {
        const string Hex = "cfffffffffffffffff";
        Assert.Equal(Hex, Wire.Hex((ref MessagePackWriter w) => w.Write(ulong.MaxValue)));
        Assert.Equal(ulong.MaxValue, Wire.ReadHex(Hex, (ref MessagePackReader r) => r.ReadUInt64()));
        Assert.Equal(ulong.MaxValue, Wire.ReadHex(Hex, (ref MessagePackReader r) => r.ReadSingle()));
        Assert.Equal(ulong.MaxValue, Wire.ReadHex(Hex, (ref MessagePackReader r) => r.ReadDouble()));
        Malformed.Refused(Convert.FromHexString(Hex), (ref MessagePackReader r) => r.ReadInt64());
        Malformed.Refused(Convert.FromHexString(Hex), (ref MessagePackReader r) => r.ReadUInt32());
    }

    [Fact]
    public void Integer_InALongerFormatThanNeeded_IsRead()
    {
        foreach (var hex in (string[])["cc05", "cd0005", "ce00000005", "cf0000000000000005", "d005", "d10005", "d200000005", "d30000000000000005"])
        {
            Assert.Equal(5, Wire.ReadHex(hex, (ref MessagePackReader r) => r.ReadInt32()));
            Assert.Equal(5, Wire.ReadHex(hex, (ref MessagePackReader r) => r.ReadByte()));
            Assert.Equal(5UL, Wire.ReadHex(hex, (ref MessagePackReader r) => r.ReadUInt64()));
        }
    }

    [Fact]
    public void FixedWidthIntegers_OfZero_KeepTheirFormat()
    {
        Assert.Equal("cc00", Wire.Hex((ref MessagePackWriter w) => w.WriteUInt8(0)));
        Assert.Equal("cd0000", Wire.Hex((ref MessagePackWriter w) => w.WriteUInt16(0)));
        Assert.Equal("ce00000000", Wire.Hex((ref MessagePackWriter w) => w.WriteUInt32(0)));
        Assert.Equal("cf0000000000000000", Wire.Hex((ref MessagePackWriter w) => w.WriteUInt64(0)));
        Assert.Equal("d000", Wire.Hex((ref MessagePackWriter w) => w.WriteInt8(0)));
        Assert.Equal("d10000", Wire.Hex((ref MessagePackWriter w) => w.WriteInt16(0)));
        Assert.Equal("d200000000", Wire.Hex((ref MessagePackWriter w) => w.WriteInt32(0)));
        Assert.Equal("d30000000000000000", Wire.Hex((ref MessagePackWriter w) => w.WriteInt64(0)));
        Assert.Equal("d0ff", Wire.Hex((ref MessagePackWriter w) => w.WriteInt8(-1)));
        Assert.Equal("d1ffff", Wire.Hex((ref MessagePackWriter w) => w.WriteInt16(-1)));
        Assert.Equal("d2ffffffff", Wire.Hex((ref MessagePackWriter w) => w.WriteInt32(-1)));
        Assert.Equal("d3ffffffffffffffff", Wire.Hex((ref MessagePackWriter w) => w.WriteInt64(-1)));
    }

    [Fact]
    public void NilAndBooleans_HaveTheirCodes()
    {
        Assert.Equal("c0", Wire.Hex((ref MessagePackWriter w) => w.WriteNil()));
        Assert.Equal("c2", Wire.Hex((ref MessagePackWriter w) => w.Write(false)));
        Assert.Equal("c3", Wire.Hex((ref MessagePackWriter w) => w.Write(true)));
        Assert.Equal(Nil.Default, Wire.ReadHex("c0", (ref MessagePackReader r) => r.ReadNil()));
        Assert.True(Wire.ReadHex("c0", (ref MessagePackReader r) => r.TryReadNil()));
        Assert.False(Wire.ReadHex("c2", (ref MessagePackReader r) => r.ReadBoolean()));
        Assert.True(Wire.ReadHex("c3", (ref MessagePackReader r) => r.ReadBoolean()));
    }

    [Theory]
    [InlineData("0", "ca00000000")]
    [InlineData("-0", "ca80000000")]
    [InlineData("1.5", "ca3fc00000")]
    [InlineData("3.4028235E+38", "ca7f7fffff")]
    [InlineData("1E-45", "ca00000001")]
    [InlineData("Infinity", "ca7f800000")]
    [InlineData("-Infinity", "caff800000")]
    [InlineData("NaN", "caffc00000")]
    public void Single_KeepsItsBits(string text, string hex)
    {
        var value = float.Parse(text, CultureInfo.InvariantCulture);
        Assert.Equal(hex, Wire.Hex((ref MessagePackWriter w) => w.Write(value)));
        var read = Wire.ReadHex(hex, (ref MessagePackReader r) => r.ReadSingle());
        Assert.Equal(BitConverter.SingleToInt32Bits(value), BitConverter.SingleToInt32Bits(read));
        Assert.Equal(value, Wire.ReadHex(hex, (ref MessagePackReader r) => r.ReadDouble()));
    }

    [Theory]
    [InlineData("0", "cb0000000000000000")]
    [InlineData("1.1", "cb3ff199999999999a")]
    [InlineData("-1.1", "cbbff199999999999a")]
    [InlineData("Infinity", "cb7ff0000000000000")]
    [InlineData("5E-324", "cb0000000000000001")]
    public void Double_KeepsItsBits_AndIsReadAsTheNearestSingle(string text, string hex)
    {
        var value = double.Parse(text, CultureInfo.InvariantCulture);
        Assert.Equal(hex, Wire.Hex((ref MessagePackWriter w) => w.Write(value)));
        Assert.Equal(value, Wire.ReadHex(hex, (ref MessagePackReader r) => r.ReadDouble()));
        Assert.Equal((float)value, Wire.ReadHex(hex, (ref MessagePackReader r) => r.ReadSingle()));
    }

    private static void Agree<T>(string hex, long value, long least, long most, Wire.Reading<T> read)
    {
        if (value >= least && value <= most)
            Assert.Equal(value, Convert.ToInt64(Wire.ReadHex(hex, read), CultureInfo.InvariantCulture));
        else
            Malformed.Refused(Convert.FromHexString(hex), read);
    }
}
