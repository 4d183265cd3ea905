using MessagePack;

namespace Hybrid.Compat.Tests.MessagePack;

/// <summary>Every method of the reader before every one of the 256 first bytes: it reads what it says, and refuses the rest.</summary>
public sealed class ReaderCodeTests
{
    private static readonly (string Name, Wire.Reading<object?> Read, Func<byte, bool> Accepts)[] Methods =
    [
        ("Nil", (ref MessagePackReader r) => r.ReadNil(), code => code == MessagePackCode.Nil),
        ("Boolean", (ref MessagePackReader r) => r.ReadBoolean(), code => Type(code) == MessagePackType.Boolean),
        ("Int64", (ref MessagePackReader r) => r.ReadInt64(), code => Type(code) == MessagePackType.Integer),
        ("Int32", (ref MessagePackReader r) => r.ReadInt32(), code => Type(code) == MessagePackType.Integer),
        ("UInt16", (ref MessagePackReader r) => r.ReadUInt16(), code => Type(code) == MessagePackType.Integer && code < MessagePackCode.MinNegativeFixInt),
        ("Single", (ref MessagePackReader r) => r.ReadSingle(), code => Type(code) is MessagePackType.Integer or MessagePackType.Float),
        ("Double", (ref MessagePackReader r) => r.ReadDouble(), code => Type(code) is MessagePackType.Integer or MessagePackType.Float),
        ("String", (ref MessagePackReader r) => r.ReadString(), code => Type(code) is MessagePackType.String or MessagePackType.Nil),
        ("Bytes", (ref MessagePackReader r) => r.ReadBytes(), code => Type(code) is MessagePackType.Binary or MessagePackType.String or MessagePackType.Nil),
        ("Array", (ref MessagePackReader r) => r.ReadArrayHeader(), code => Type(code) == MessagePackType.Array),
        ("Map", (ref MessagePackReader r) => r.ReadMapHeader(), code => Type(code) == MessagePackType.Map),
        ("Extension", (ref MessagePackReader r) => r.ReadExtensionFormat(), code => Type(code) == MessagePackType.Extension),
    ];

    public static TheoryData<string> MethodNames => [.. Methods.Select(method => method.Name)];

    [Theory]
    [MemberData(nameof(MethodNames))]
    public void Method_BeforeEveryCode_ReadsItsOwnAndRefusesTheRest(string name)
    {
        var (_, read, accepts) = Methods.Single(method => method.Name == name);
        var bytes = new byte[64]; // zeros: every length and value that follows is 0
        for (var code = 0; code <= byte.MaxValue; code++)
        {
            bytes[0] = (byte)code;
            if (accepts((byte)code))
            {
                var reader = new MessagePackReader(bytes);
                Assert.Equal((byte)code, reader.NextCode);
                read(ref reader);
                Assert.InRange(reader.Consumed, 1, bytes.Length);
            }
            else
            {
                Malformed.Refused(bytes, read);
            }
        }
    }

    [Fact]
    public void Code_ThatTheSpecificationNeverUses_HasNoTypeAndIsRefused()
    {
        Assert.Equal(MessagePackType.Unknown, Type(MessagePackCode.NeverUsed));
        Assert.Equal("(never used)", MessagePackCode.ToFormatName(MessagePackCode.NeverUsed));
        Malformed.Refused<object?>(new byte[] { MessagePackCode.NeverUsed }, (ref MessagePackReader r) =>
        {
            r.Skip();
            return null;
        });
    }

    [Fact]
    public void WrongType_SaysWhatWasThere()
    {
        var refusal = Assert.Throws<MessagePackSerializationException>(
            () => Wire.ReadHex("c3", (ref MessagePackReader r) => r.ReadString()));
        Assert.Contains("195 (true)", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Peeking_MovesNothing()
    {
        var reader = new MessagePackReader(Convert.FromHexString("93c00102"));
        var ahead = reader.CreatePeekReader();
        Assert.Equal(MessagePackType.Array, reader.NextMessagePackType);
        Assert.Equal(3, ahead.ReadArrayHeader());
        Assert.True(ahead.IsNil);
        Assert.Equal(0, reader.Consumed);
        Assert.Equal(1, ahead.Consumed);
    }

    private static MessagePackType Type(byte code) => MessagePackCode.ToMessagePackType(code);
}
