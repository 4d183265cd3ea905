using System.Buffers;
using System.Text;
using MessagePack;

namespace Hybrid.Compat.Tests.MessagePack;

/// <summary>Strings, binaries, extensions and headers: both sides of every boundary of their lengths.</summary>
public sealed class PayloadFormatTests
{
    [Fact]
    public void SpecificationsExample_IsEncodedByteForByte()
    {
        // {"compact":true,"schema":0} on the front page of the specification
        const string Hex = "82a7636f6d70616374c3a6736368656d6100";
        Assert.Equal(Hex, Wire.Hex((ref MessagePackWriter w) =>
        {
            w.WriteMapHeader(2);
            w.Write("compact");
            w.Write(true);
            w.Write("schema");
            w.Write(0);
        }));
    }

    [Theory]
    [InlineData(0, "a0")]
    [InlineData(1, "a1")]
    [InlineData(31, "bf")]
    [InlineData(32, "d920")]
    [InlineData(255, "d9ff")]
    [InlineData(256, "da0100")]
    [InlineData(65535, "daffff")]
    [InlineData(65536, "db00010000")]
    public void String_TakesItsShortestFormat(int length, string head)
    {
        var text = new string('x', length);
        var utf8 = Encoding.UTF8.GetBytes(text);
        var expected = (byte[])[.. Convert.FromHexString(head), .. utf8];

        Assert.Equal(expected, Wire.Write((ref MessagePackWriter w) => w.Write(text)));
        Assert.Equal(expected, Wire.Write((ref MessagePackWriter w) => w.Write(text.AsSpan())));
        Assert.Equal(expected, Wire.Write((ref MessagePackWriter w) => w.WriteString(utf8)));
        Assert.Equal(expected, Wire.Write((ref MessagePackWriter w) => w.WriteString(Sequences.Cut(utf8, 7))));
        Assert.Equal(text, Wire.Read(expected, (ref MessagePackReader r) => r.ReadString()));
        Assert.Equal(utf8, Wire.Read(expected, (ref MessagePackReader r) => r.ReadStringSequence())!.Value.ToArray());
    }

    [Fact]
    public void String_IsCountedInBytes_NotInCharacters()
    {
        // 16 letters of two bytes each: 32, one past the one-byte header
        Assert.StartsWith("d920", Wire.Hex((ref MessagePackWriter w) => w.Write(new string('ä', 16))), StringComparison.Ordinal);
        Assert.Equal("a4f09f9982", Wire.Hex((ref MessagePackWriter w) => w.Write("🙂")));
        Assert.Equal("a3efbfbd", Wire.Hex((ref MessagePackWriter w) => w.Write("\ud800"))); // half a pair becomes U+FFFD
    }

    [Fact]
    public void Null_IsNil()
    {
        Assert.Equal("c0", Wire.Hex((ref MessagePackWriter w) => w.Write((string?)null)));
        Assert.Equal("c0", Wire.Hex((ref MessagePackWriter w) => w.Write((byte[]?)null)));
        Assert.Null(Wire.ReadHex("c0", (ref MessagePackReader r) => r.ReadString()));
        Assert.Null(Wire.ReadHex("c0", (ref MessagePackReader r) => r.ReadBytes()));
        Assert.Null(Wire.ReadHex("c0", (ref MessagePackReader r) => r.ReadStringSequence()));
    }

    [Theory]
    [InlineData(0, "c400")]
    [InlineData(255, "c4ff")]
    [InlineData(256, "c50100")]
    [InlineData(65535, "c5ffff")]
    [InlineData(65536, "c600010000")]
    public void Binary_TakesItsShortestFormat(int length, string head)
    {
        var bytes = Enumerable.Range(0, length).Select(i => (byte)i).ToArray();
        var expected = (byte[])[.. Convert.FromHexString(head), .. bytes];

        Assert.Equal(expected, Wire.Write((ref MessagePackWriter w) => w.Write(bytes)));
        Assert.Equal(expected, Wire.Write((ref MessagePackWriter w) => w.Write((ReadOnlySpan<byte>)bytes)));
        Assert.Equal(expected, Wire.Write((ref MessagePackWriter w) => w.Write(Sequences.Cut(bytes, 100))));
        Assert.Equal(bytes, Wire.Read(expected, (ref MessagePackReader r) => r.ReadBytes())!.Value.ToArray());
    }

    [Fact]
    public void Binary_OfThePeersThatKnowOnlyStrings_IsRead() =>
        Assert.Equal([1, 2, 3], Wire.ReadHex("a3010203", (ref MessagePackReader r) => r.ReadBytes())!.Value.ToArray());

    [Theory]
    [InlineData(0u, "90", "80")]
    [InlineData(15u, "9f", "8f")]
    [InlineData(16u, "dc0010", "de0010")]
    [InlineData(65535u, "dcffff", "deffff")]
    [InlineData(65536u, "dd00010000", "df00010000")]
    [InlineData(int.MaxValue, "dd7fffffff", "df7fffffff")]
    public void Header_TakesItsShortestFormat(uint count, string array, string map)
    {
        Assert.Equal(array, Wire.Hex((ref MessagePackWriter w) => w.WriteArrayHeader(count)));
        Assert.Equal(array, Wire.Hex((ref MessagePackWriter w) => w.WriteArrayHeader((int)count)));
        Assert.Equal(map, Wire.Hex((ref MessagePackWriter w) => w.WriteMapHeader(count)));
        Assert.Equal(map, Wire.Hex((ref MessagePackWriter w) => w.WriteMapHeader((int)count)));
        Assert.Equal((int)count, Wire.ReadHex(array, (ref MessagePackReader r) => r.TryReadArrayHeader(out var n) ? n : -1));
        Assert.Equal((int)count, Wire.ReadHex(map, (ref MessagePackReader r) => r.TryReadMapHeader(out var n) ? n : -1));
    }

    [Fact]
    public void Header_OfANegativeCount_IsNotWritten()
    {
        Assert.Throws<OverflowException>(() => Wire.Write((ref MessagePackWriter w) => w.WriteArrayHeader(-1)));
        Assert.Throws<OverflowException>(() => Wire.Write((ref MessagePackWriter w) => w.WriteMapHeader(-1)));
    }

    [Theory]
    [InlineData(0, "c70005")]
    [InlineData(1, "d405")]
    [InlineData(2, "d505")]
    [InlineData(3, "c70305")]
    [InlineData(4, "d605")]
    [InlineData(5, "c70505")]
    [InlineData(7, "c70705")]
    [InlineData(8, "d705")]
    [InlineData(9, "c70905")]
    [InlineData(15, "c70f05")]
    [InlineData(16, "d805")]
    [InlineData(17, "c71105")]
    [InlineData(255, "c7ff05")]
    [InlineData(256, "c8010005")]
    [InlineData(65535, "c8ffff05")]
    [InlineData(65536, "c90001000005")]
    public void Extension_TakesItsShortestFormat(int length, string head)
    {
        var bytes = Enumerable.Range(0, length).Select(i => (byte)i).ToArray();
        var expected = (byte[])[.. Convert.FromHexString(head), .. bytes];

        Assert.Equal(expected, Wire.Write((ref MessagePackWriter w) => w.WriteExtensionFormat(new ExtensionResult(5, bytes))));
        var read = Wire.Read(expected, (ref MessagePackReader r) => r.ReadExtensionFormat());
        Assert.Equal(new ExtensionHeader(5, length), read.Header);
        Assert.Equal(bytes, read.Data.ToArray());
    }

    [Theory]
    [InlineData(sbyte.MinValue, "d48000")]
    [InlineData(-2, "d4fe00")]
    [InlineData(0, "d40000")]
    [InlineData(sbyte.MaxValue, "d47f00")]
    public void ExtensionType_IsSigned(sbyte type, string hex)
    {
        Assert.Equal(hex, Wire.Hex((ref MessagePackWriter w) => w.WriteExtensionFormat(new ExtensionResult(type, new byte[1]))));
        Assert.Equal(type, Wire.ReadHex(hex, (ref MessagePackReader r) => r.ReadExtensionFormat()).TypeCode);
    }

    [Fact]
    public void FloatArrayOfAnEmbedding_IsFiveBytesAValue()
    {
        var bytes = Wire.Write((ref MessagePackWriter w) =>
        {
            w.WriteArrayHeader(768);
            for (var i = 0; i < 768; i++)
                w.Write(i / 768f);
        });
        Assert.Equal(3843, bytes.Length);
    }

    [Fact]
    public void Writer_IntoABufferOfTinyPieces_WritesTheSame()
    {
        var tiny = new TinyBufferWriter();
        var writer = new MessagePackWriter(tiny);
        writer.WriteArrayHeader(3);
        writer.Write("a string of some length");
        writer.WriteRaw([0x01]);
        writer.Write(new byte[300]);
        writer.Flush();
        writer.Flush(); // nothing is pending any more

        Assert.Equal(
            Wire.Write((ref MessagePackWriter w) =>
            {
                w.WriteArrayHeader(3);
                w.Write("a string of some length");
                w.WriteRaw(Sequences.Cut(new byte[] { 0x01 }, 1));
                w.Write(new byte[300]);
            }),
            tiny.Written);
    }

    /// <summary>Gives exactly what is asked for, and never the same memory again.</summary>
    private sealed class TinyBufferWriter : IBufferWriter<byte>
    {
        private readonly List<byte> _written = [];
        private byte[] _piece = [];

        public byte[] Written => [.. _written];

        public void Advance(int count)
        {
            _written.AddRange(_piece.AsSpan(0, count));
            _piece = [];
        }

        public Memory<byte> GetMemory(int sizeHint = 0) => _piece = new byte[Math.Max(1, sizeHint)];

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }
}
