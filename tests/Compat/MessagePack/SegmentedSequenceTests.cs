using System.Buffers;
using System.Text;
using MessagePack;

namespace Hybrid.Compat.Tests.MessagePack;

public sealed class SegmentedSequenceTests
{
    [Fact]
    public void StringSpan_IsThereOnlyWhereTheBytesAreTogether()
    {
        var bytes = Wire.Write((ref MessagePackWriter w) => w.Write("together"));

        var whole = new MessagePackReader(bytes);
        Assert.True(whole.TryReadStringSpan(out var span));
        Assert.Equal("together", Encoding.UTF8.GetString(span));
        Assert.True(whole.End);

        var cut = new MessagePackReader(Sequences.Cut(bytes, 4));
        Assert.False(cut.TryReadStringSpan(out _));
        Assert.Equal(0, cut.Consumed);
        Assert.Equal("together", cut.ReadString());

        var nil = new MessagePackReader(new byte[] { MessagePackCode.Nil });
        Assert.False(nil.TryReadStringSpan(out _));
        Assert.True(nil.TryReadNil());
    }

    [Fact]
    public void Payload_IsASliceOfTheInput_NotACopy()
    {
        var bytes = Wire.Write((ref MessagePackWriter w) => w.Write(new byte[] { 1, 2, 3 }));
        var payload = Wire.Read(bytes, (ref MessagePackReader r) => r.ReadBytes())!.Value;
        bytes[^1] = 99;
        Assert.Equal([1, 2, 99], payload.ToArray());
    }

    [Fact]
    public void CharacterThatIsCutInTwo_IsDecodedWhole()
    {
        const string Text = "naïve 🙂 – 東京";
        var bytes = Wire.Write((ref MessagePackWriter w) => w.Write(Text));
        for (var size = 1; size < bytes.Length; size++)
            Assert.Equal(Text, Wire.Read(Sequences.Cut(bytes, size), (ref MessagePackReader r) => r.ReadString()));
    }

    [Fact]
    public void Position_IsWhereTheNextValueBegins()
    {
        var bytes = Sequences.Cut(Convert.FromHexString("cd0100cc80"), 2);
        var reader = new MessagePackReader(bytes);
        Assert.Equal(256, reader.ReadInt32());
        Assert.Equal([0xcc, 0x80], bytes.Slice(reader.Position).ToArray());
        Assert.Equal(bytes.Length, reader.Sequence.Length);
    }
}
