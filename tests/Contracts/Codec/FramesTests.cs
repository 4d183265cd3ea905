using System.Buffers;
using System.IO.Pipelines;
using FsCheck;
using FsCheck.Fluent;
using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tasks;

namespace Hybrid.Contracts.Tests.Codec;

public sealed class FramesTests
{
    private static readonly Gen<GenerateFrame> AnyFrame = Gen.OneOf(
        Text.Select(text => (GenerateFrame)new GenerateFrame.Piece(text)),
        Text.Zip(Gen.Choose(0, int.MaxValue)).Select(pair => (GenerateFrame)new GenerateFrame.Begin(pair.Item1, pair.Item2, pair.Item2)),
        Gen.Choose(0, int.MaxValue).Select(n => (GenerateFrame)new GenerateFrame.End((FinishReason)(n % 2), n, new Timings(TimeSpan.FromMicroseconds(n), default, default, default))),
        Text.Select(text => (GenerateFrame)new GenerateFrame.Failure(new Error(ErrorCode.Internal, text))));

    private static Gen<string> Text => ArbMap.Default.GeneratorFor<NonNull<string>>().Select(text => string.Concat(text.Get.Where(c => !char.IsSurrogate(c))));

    private static readonly GenerateFrame[] Samples =
    [
        new GenerateFrame.Begin("m", 1, 9), new GenerateFrame.Piece("a"), new GenerateFrame.Piece("🐎"),
        new GenerateFrame.End(FinishReason.Stop, 3, default),
    ];

    [Fact]
    public void AnyFrames_InAnyParts_ComeBack() =>
        Prop.ForAll(Gen.ListOf(AnyFrame).ToArbitrary(), Gen.Choose(1, 50).ToArbitrary(), (frames, part) =>
            ReadAsync(Write([.. frames]), part).GetAwaiter().GetResult().SequenceEqual(frames)).QuickCheckThrowOnFailure();

    [Fact]
    public async Task Frames_CutAnywhere_GiveTheWholeOnesAndSayThatTheEndIsMissing()
    {
        var bytes = Write(Samples);
        var ends = Samples.Select((_, i) => Write(Samples[..(i + 1)]).Length).Prepend(0).ToArray();
        for (var length = 0; length < bytes.Length; length++)
        {
            var read = new List<GenerateFrame>();
            var failure = await Record.ExceptionAsync(() => ReadAsync(bytes[..length], 3, read));

            Assert.Equal(ends.Contains(length), failure is null);
            Assert.True(failure is null or EndOfStreamException, $"{failure}");
            Assert.Equal(Samples.Take(ends.Count(end => end > 0 && end <= length)), read);
        }
    }

    [Theory]
    [InlineData(new byte[] { 0x00, 0x10, 0x00, 0x01 })]
    [InlineData(new byte[] { 0x7f, 0xff, 0xff, 0xff })]
    [InlineData(new byte[] { 0xff, 0xff, 0xff, 0xff })]
    public async Task Length_OverTheLimit_IsRefusedBeforeItsBytesAreAwaited(byte[] header)
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync(header, TestContext.Current.CancellationToken);

        // The writer stays open: only the header can be the reason.
        await using var frames = Frames.ReadAsync<GenerateFrame>(pipe.Reader, TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        var exception = await Assert.ThrowsAsync<InvalidDataException>(async () => await frames.MoveNextAsync());

        Assert.Contains($"{Frames.MaxLength}", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Value_LongerThanAFrame_IsNotWritten()
    {
        var output = new ArrayBufferWriter<byte>();

        Assert.Throws<InvalidOperationException>(() => Frames.Write<GenerateFrame>(output, new GenerateFrame.Piece(new string('x', Frames.MaxLength))));
        Assert.Equal(0, output.WrittenCount);
    }

    [Fact]
    public async Task Value_OfExactlyAFrame_ComesBack()
    {
        var text = new string('x', Frames.MaxLength - 16);
        text += new string('x', Frames.MaxLength - Wire.Encode<GenerateFrame>(new GenerateFrame.Piece(text)).Length);
        GenerateFrame piece = new GenerateFrame.Piece(text);

        Assert.Equal([piece], await ReadAsync(Write([piece]), 60_000));
    }

    [Fact]
    public async Task Frame_OfOtherBytes_IsAnInvalidRequest()
    {
        var exception = await Assert.ThrowsAsync<HybridException>(() => ReadAsync([0, 0, 0, 2, 0x91, 0x05], 10));

        Assert.Equal(ErrorCode.InvalidRequest, exception.Error.Code);
    }

    private static byte[] Write(GenerateFrame[] frames)
    {
        var output = new ArrayBufferWriter<byte>();
        Array.ForEach(frames, frame => Frames.Write(output, frame));
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads what arrives in parts of so many bytes: the reader is called for each of them, in the writer's own call.</summary>
    private static async Task<List<GenerateFrame>> ReadAsync(byte[] bytes, int part, List<GenerateFrame>? into = null)
    {
        var frames = into ?? [];
        var pipe = new Pipe(new PipeOptions(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0, useSynchronizationContext: false));
        var reading = ReadAllAsync();
        foreach (var chunk in bytes.Chunk(part))
        {
            await pipe.Writer.WriteAsync(chunk, TestContext.Current.CancellationToken);
        }

        await pipe.Writer.CompleteAsync();
        await reading;
        return frames;

        async Task ReadAllAsync()
        {
            await foreach (var frame in Frames.ReadAsync<GenerateFrame>(pipe.Reader, TestContext.Current.CancellationToken))
            {
                frames.Add(frame);
            }
        }
    }
}
