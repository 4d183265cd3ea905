using System.Buffers;
using MessagePack;

namespace Hybrid.Compat.Tests.MessagePack;

/// <summary>Truncated and lying input: refused, never read past its end, never allocated for by its own claim.</summary>
public sealed class HostileInputTests
{
    private static readonly Wire.Reading<object?> Skip = (ref MessagePackReader r) =>
    {
        r.Skip();
        return null;
    };

    /// <summary>A message with every format in it.</summary>
    private static readonly byte[] Everything = Wire.Write((ref MessagePackWriter w) =>
    {
        w.WriteArrayHeader(24);
        foreach (var number in (long[])[0, 200, 60_000, 3_000_000_000, long.MaxValue, -1, -100, -30_000, -2_000_000_000, long.MinValue])
            w.Write(number);
        w.Write(1.5f);
        w.Write(1.5);
        w.WriteNil();
        w.Write(true);
        foreach (var length in (int[])[3, 40, 300])
            w.Write(new string('s', length));
        foreach (var length in (int[])[3, 300])
            w.Write(new byte[length]);
        w.WriteMapHeader(2);
        w.Write("key");
        w.WriteArrayHeader(0);
        w.Write("other");
        w.WriteMapHeader(0);
        foreach (var length in (int[])[1, 3, 16, 300])
            w.WriteExtensionFormat(new ExtensionResult(9, new byte[length]));
    });

    public static TheoryData<string> Lies => new()
    {
        "ddffffffff00", // array 32 of 4294967295
        "dd7fffffff00", // array 32 of 2147483647
        "dcffff00", // array 16 of 65535
        "9f00", // fixarray of 15
        "dfffffffff0000", // map 32 of 4294967295
        "df7fffffff0000", // map 32 of 2147483647
        "deffff0000", // map 16 of 65535
        "8f0000", // fixmap of 15
        "dbffffffff61", // str 32 of 4294967295
        "db7fffffff61", // str 32 of 2147483647
        "daffff61", // str 16 of 65535
        "d9ff61", // str 8 of 255
        "bf61", // fixstr of 31
        "c6ffffffff00", // bin 32 of 4294967295
        "c5ffff00", // bin 16 of 65535
        "c4ff00", // bin 8 of 255
        "c9ffffffff0500", // ext 32 of 4294967295
        "c8ffff0500", // ext 16 of 65535
        "c7ff0500", // ext 8 of 255
        "d80500", // fixext 16
    };

    [Theory]
    [MemberData(nameof(Lies))]
    public void ClaimOfMoreThanThereIs_IsRefused_AndNotAllocatedFor(string hex)
    {
        var bytes = Convert.FromHexString(hex);
        Malformed.RefusedWithoutAllocation(bytes, Skip);
        Malformed.RefusedWithoutAllocation(bytes, (ref MessagePackReader r) => r.ReadRaw());
        Malformed.RefusedWithoutAllocation<object?>(bytes, (ref MessagePackReader r) => r.NextMessagePackType switch
        {
            MessagePackType.Array => new object[r.ReadArrayHeader()], // what a caller does with a header that it was given
            MessagePackType.Map => new object[r.ReadMapHeader() * 2],
            MessagePackType.String => r.ReadString(),
            MessagePackType.Binary => r.ReadBytes()!.Value.ToArray(),
            MessagePackType.Extension => new byte[r.ReadExtensionFormatHeader().Length],
            _ => throw new InvalidOperationException(hex),
        });
    }

    [Theory]
    [MemberData(nameof(Lies))]
    public void ClaimOfMoreThanThereIs_InPieces_IsRefusedToo(string hex)
    {
        var pieces = Sequences.Cut(Convert.FromHexString(hex), 1);
        Malformed.Refused<object?>(default, (ref MessagePackReader _) =>
        {
            var reader = new MessagePackReader(pieces);
            reader.Skip();
            return null;
        });
    }

    [Fact]
    public void Skip_OfEveryFormat_StopsAtTheEnd()
    {
        Wire.Read(Everything, Skip);
        Wire.Read(Sequences.Cut(Everything, 1), Skip);
        Assert.Equal(Everything, Wire.Read(Everything, (ref MessagePackReader r) => r.ReadRaw()).ToArray());
    }

    [Fact]
    public void EveryPrefix_IsRefused_ThoughTheRestLiesBehindItInMemory()
    {
        for (var length = 0; length < Everything.Length; length++)
            Malformed.Refused(Everything.AsMemory(0, length), Skip);
    }

    [Theory]
    [InlineData("cc80", "Int")]
    [InlineData("cd8000", "Int")]
    [InlineData("ce80000000", "Int")]
    [InlineData("cf0000000000000001", "Int")]
    [InlineData("d080", "Int")]
    [InlineData("d18000", "Int")]
    [InlineData("d280000000", "Int")]
    [InlineData("d38000000000000000", "Int")]
    [InlineData("ca3fc00000", "Float")]
    [InlineData("cb3ff8000000000000", "Float")]
    [InlineData("d903616263", "String")]
    [InlineData("da0003616263", "String")]
    [InlineData("db00000003616263", "String")]
    [InlineData("c403616263", "Bytes")]
    [InlineData("c50003616263", "Bytes")]
    [InlineData("c600000003616263", "Bytes")]
    [InlineData("d6ff00000000", "Time")]
    [InlineData("d7ff0000000100000000", "Time")]
    [InlineData("c70cff000000000000000400000000", "Time")]
    public void Value_ReadByItsOwnMethod_NeedsAllItsBytes(string hex, string method)
    {
        Wire.Reading<object?> read = method switch
        {
            "Int" => (ref MessagePackReader r) => r.ReadInt64(),
            "Float" => (ref MessagePackReader r) => r.ReadDouble(),
            "String" => (ref MessagePackReader r) => r.ReadString(),
            "Bytes" => (ref MessagePackReader r) => r.ReadBytes(),
            _ => (ref MessagePackReader r) => r.ReadDateTime(),
        };
        var bytes = Convert.FromHexString(hex);
        Wire.Read(bytes, read);
        Wire.Read(Sequences.Cut(bytes, 1), read);
        for (var length = 0; length < bytes.Length; length++)
            Malformed.Refused(bytes.AsMemory(0, length), read);
    }

    [Fact]
    public void Skip_OfAMillionNestedArrays_NeedsNoStack()
    {
        var nested = new byte[1_000_001];
        Array.Fill(nested, (byte)0x91);
        nested[^1] = 0xc0;
        Wire.Read(nested, Skip);
        Malformed.RefusedWithoutAllocation(nested.AsMemory(0, 1_000_000), Skip);
    }

    [Fact]
    public void HeaderThatIsCutOff_IsNotReadAndNotRefused_ByTheTryMethods()
    {
        foreach (var hex in (string[])["", "dc", "dc00", "dd", "dd000000"])
            Assert.False(TryRead(hex, (ref MessagePackReader r) => r.TryReadArrayHeader(out _)));
        foreach (var hex in (string[])["", "de", "de00", "df", "df000000"])
            Assert.False(TryRead(hex, (ref MessagePackReader r) => r.TryReadMapHeader(out _)));
        foreach (var hex in (string[])["", "d4", "c701", "c80001", "c900000001"])
            Assert.False(TryRead(hex, (ref MessagePackReader r) => r.TryReadExtensionFormatHeader(out _)));

        static bool TryRead(string hex, Wire.Reading<bool> read)
        {
            var reader = new MessagePackReader(Convert.FromHexString(hex));
            return read(ref reader);
        }
    }

    [Fact]
    public void InvalidUtf8_BecomesReplacementCharacters() =>
        Assert.Equal("a\ufffdb", Wire.ReadHex("a361ff62", (ref MessagePackReader r) => r.ReadString()));

    [Fact]
    public void Raw_OfMoreThanThereIs_IsRefused() =>
        Malformed.RefusedWithoutAllocation(new byte[3], (ref MessagePackReader r) => r.ReadRaw(4));
}
