using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.Models;

namespace Hybrid.GpuHost.Tests.Generation.Streams;

/// <summary>Over the wire, from the demo model, beside the same answers in one piece.</summary>
public sealed class GenerateStreamTests(DemoHost demo)
{
    [Fact]
    public async Task Stream_Joined_IsTheAnswerInOnePiece()
    {
        foreach (var passage in Corpus.Passages.Where((_, i) => i % 17 == 0))
        {
            var request = Request(passage.Text);
            var whole = await demo.Host.PostAsync<GenerateRequest, GenerateReply>(TaskRoutes.Generate, request);

            var frames = await StreamAsync(request);

            Assert.Equal(new GenerateFrame.Begin(whole.Model, whole.Version, whole.PromptTokens), frames[0]);
            Assert.Equal(whole.Text, Text(frames));
            var end = Assert.IsType<GenerateFrame.End>(frames[^1]);
            Assert.Equal((whole.FinishReason, whole.CompletionTokens), (end.FinishReason, end.CompletionTokens));
            Assert.True(end.Timings.Compute > TimeSpan.Zero);
        }
    }

    [Fact]
    public async Task Stream_ManyAtOnce_EachGetsItsOwnAnswer()
    {
        var passages = Corpus.Passages.Take(24).Select(passage => passage.Text).ToArray();

        var answers = await Task.WhenAll(passages.Select(passage => StreamAsync(Request(passage))));

        Assert.Equal(passages, answers.Select(Text));
    }

    [Fact]
    public async Task Stream_StopText_IsNeverBegun()
    {
        var passage = Corpus.Passages[0].Text;
        var stop = passage[20..26];

        var frames = await StreamAsync(Request(passage) with { Stop = [stop] });

        Assert.Equal(passage[..passage.IndexOf(stop, StringComparison.Ordinal)], Text(frames));
        Assert.Equal(FinishReason.Stop, Assert.IsType<GenerateFrame.End>(frames[^1]).FinishReason);
    }

    [Theory]
    [InlineData("no-such-model", 0, ErrorCode.ModelNotFound)]
    [InlineData("demo-embed", 0, ErrorCode.Unprocessable)]
    [InlineData("demo-generate", -1, ErrorCode.Unprocessable)]
    public async Task Stream_ThatIsRefused_IsAnOrdinaryError(string model, int maxTokens, ErrorCode code)
    {
        var (_, error) = await demo.Host.PostForErrorAsync(TaskRoutes.GenerateStream, Wire.Encode(Request("text") with { Model = model, MaxTokens = maxTokens }));

        Assert.Equal(code, error.Code);
    }

    [Fact]
    public async Task Stream_WhoseBudgetIsSpent_IsAnOrdinaryError()
    {
        var (_, error) = await demo.Host.PostForErrorAsync(TaskRoutes.GenerateStream, Wire.Encode(Request("text")), (HybridHeaders.BudgetMs, "0"));

        Assert.Equal(ErrorCode.DeadlineExceeded, error.Code);
    }

    private async Task<List<GenerateFrame>> StreamAsync(GenerateRequest request)
    {
        using var body = new ByteArrayContent(Wire.Encode(request));
        await using var answer = await StreamedAnswer.OpenAsync(await demo.Host.Client.SendAsync(
            new HttpRequestMessage(HttpMethod.Post, TaskRoutes.GenerateStream) { Content = body },
            HttpCompletionOption.ResponseHeadersRead,
            TestContext.Current.CancellationToken));
        return await answer.RestAsync();
    }

    private static GenerateRequest Request(string document) =>
        new("demo-generate", [new ChatMessage("user", "What?")], [new ContextDocument("title", document)], 0, [], new Sampling());

    private static string Text(IEnumerable<GenerateFrame> frames) => string.Concat(frames.OfType<GenerateFrame.Piece>().Select(piece => piece.Text));
}
