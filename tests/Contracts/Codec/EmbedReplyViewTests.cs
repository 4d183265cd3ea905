using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Tasks;
using Hybrid.Testing;

namespace Hybrid.Contracts.Tests.Codec;

public sealed class EmbedReplyViewTests
{
    private static readonly EmbedReply Reply = new("demo-embed", 3, 2, new[] { 1f, 0f, 0.6f, 0.8f }, 11, new Timings(TimeSpan.FromMilliseconds(1), default, default, default), [4, 7]);

    [Fact]
    public void View_OfAReply_TellsWhatItSays()
    {
        var view = Wire.Decode<EmbedReplyView>(Wire.Encode(Reply));

        Assert.Equal("demo-embed", Encoding.UTF8.GetString(view.Model));
        Assert.Equal((3, 2, 2, 11, Reply.Timings), (view.Version, view.Dimensions, view.Count, view.TokenCount, view.Timings));
        Assert.Equal(Reply.Vectors.ToArray(), view.Vectors.ToArray());
        Assert.Equal([4, 7], view.ToReply().TokenCounts);
    }

    [Fact]
    public void Reply_OfOnePiece_StaysInTheReceivedMemory()
    {
        var bytes = Wire.Encode(Reply);
        var reply = Wire.Decode<EmbedReply>(bytes);

        bytes.AsSpan(bytes.AsSpan().IndexOf(MemoryMarshal.AsBytes<float>([0.6f])), sizeof(float)).Clear();

        Assert.Equal([1f, 0f, 0f, 0.8f], reply.Vectors.ToArray());
    }

    [Fact]
    public void Reply_OfAModelNameOfAnyLength_IsReadAtAnyAddress() =>
        Assert.All(Enumerable.Range(0, 40), length =>
        {
            var reply = Wire.Decode<EmbedReply>(Wire.Encode(Reply with { Model = new string('m', length) }));
            using var pinned = reply.Vector(1).Pin();

            Assert.Equal([0.6f, 0.8f], reply.Vector(1).ToArray());
            Assert.Equal(length, reply.Model.Length);
        });

    [Fact]
    public void Rows_InAnyPlaces_AreTheBytesOfTheReply() =>
        Prop.ForAll(Gen.Choose(0, 5).ToArbitrary(), Gen.Choose(1, 9).ToArbitrary(), ArbMap.Default.ArbFor<int[]?>(), (count, dimensions, counts) =>
        {
            var vectors = Enumerable.Range(0, count * dimensions).Select(i => i / 7f).ToArray();
            var rows = Enumerable.Range(0, count).Select(i => (ReadOnlyMemory<float>)vectors.AsSpan(i * dimensions, dimensions).ToArray()).ToArray();
            return Wire.Encode(new EmbedReplyRows("m", 1, dimensions, rows, 5, default, counts))
                .SequenceEqual(Wire.Encode(new EmbedReply("m", 1, dimensions, vectors, 5, default, counts)));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Rows_OfAnotherLength_AreNotWritten() =>
        Assert.Throws<ArgumentException>(() => Wire.Encode(new EmbedReplyRows("m", 1, 2, new ReadOnlyMemory<float>[] { new float[3] }, 5, default)));

    [Fact]
    public void ReplyOf32Vectors_ThereAndBack_AllocatesNothing()
    {
        var rows = new ReadOnlyMemory<float>[32];
        Array.Fill(rows, new float[768]);
        var reply = new EmbedReplyRows("bench-embed", 1, 768, rows, 320, Reply.Timings, new int[32]);
        var buffer = new ArrayBufferWriter<byte>(1 << 17);
        var read = 0;

        var allocated = Allocations.PerCall(() =>
        {
            buffer.ResetWrittenCount();
            Wire.Encode(buffer, reply);
            read = Wire.Decode<EmbedReplyView>(buffer.WrittenMemory).Vectors.Length;
        });

        Assert.Equal((0, 32 * 768), (allocated, read));
    }
}
