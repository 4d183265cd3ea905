using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Hybrid.Load.Replies;

namespace Hybrid.Bench.Tests.Load;

public sealed class ReplyReaderTests
{
    public static TheoryData<string> Replies => new(
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nServer: x\r\n\r\nhello",
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length:0\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1A;x=y\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n\r\n\r\n0\r\nTrailer: v\r\nOther: w\r\n\r\n");

    [Theory]
    [MemberData(nameof(Replies))]
    public void Read_InPiecesOfAnySize_EndsWithTheLastByteAndNotBefore(string text) =>
        Prop.ForAll(Gen.Choose(1, 20).ArrayOf().ToArbitrary(), sizes =>
        {
            var reader = new ReplyReader();
            for (var reply = 0; reply < 2; reply++)
            {
                reader.Reset();
                var left = Encoding.ASCII.GetBytes(text).AsSpan();
                for (var i = 0; !left.IsEmpty; i++)
                {
                    var size = sizes.Length == 0 ? left.Length : Math.Min(left.Length, sizes[i % sizes.Length]);
                    var progress = reader.Read(left[..size]);
                    left = left[size..];
                    Assert.Equal(left.IsEmpty ? ReplyProgress.Complete : ReplyProgress.Partial, progress);
                }

                Assert.InRange(reader.Status, 200, 204);
                Assert.False(reader.Closes);
            }
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi!")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\nhi")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nhi")]
    [InlineData("HTTP/1.1 200 OK\r\nno colon\r\n\r\n")]
    [InlineData("HTTP/1.1 2x0 OK\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nmore")]
    public void Read_NoReply_IsMalformed(string text) => Assert.Equal(ReplyProgress.Malformed, new ReplyReader().Read(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void Read_HeadWithoutEnd_IsMalformed()
    {
        var reader = new ReplyReader();
        var line = Encoding.ASCII.GetBytes("x-header: " + new string('a', 1000) + "\r\n");
        reader.Read("HTTP/1.1 200 OK\r\n"u8);
        Assert.Contains(ReplyProgress.Malformed, Enumerable.Range(0, 20).Select(_ => reader.Read(line)));
    }

    [Fact]
    public void End_OfTheConnection_CompletesOnlyABodyWithoutLength()
    {
        var reader = new ReplyReader();
        Assert.Equal(ReplyProgress.Partial, reader.Read("HTTP/1.1 200 OK\r\n\r\nsome"u8));
        Assert.Equal((ReplyProgress.Complete, true), (reader.End(), reader.Closes));
        reader.Reset();
        Assert.Equal(ReplyProgress.Partial, reader.Read("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nsome"u8));
        Assert.Equal(ReplyProgress.Malformed, reader.End());
    }

    [Fact]
    public void Closes_AsTheReplySays()
    {
        var reader = new ReplyReader();
        Assert.Equal(ReplyProgress.Complete, reader.Read("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"u8));
        Assert.True(reader.Closes);
    }
}
