using System.Text.Json;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Prompting;
using Hybrid.GpuHost.Prompting.Stages;
using Hybrid.GpuHost.Prompting.Templates;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.GpuHost.Tests.Tokenization;
using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Tests.Prompting;

public sealed class PromptFitTests : IDisposable
{
    private const int MaxTokens = 100;

    private readonly HfTokenizer _tokenizer = TokenizerFolder.Load(TokenizerFolder.ByteLevel());
    private readonly PromptFit _fit;
    private readonly PromptBuilder _builder;

    public PromptFitTests()
    {
        using var folder = new TestFolder();
        File.WriteAllText(
            folder.Combine("tokenizer_config.json"),
            JsonSerializer.Serialize(new { chat_template = "{% for d in documents or [] %}{{ d.text }}{% endfor %}<|im_start|>{{ messages[-1].content }}" }));
        _builder = new PromptBuilder(ChatTemplate.Load(folder.Path, TimeProvider.System));
        _fit = new PromptFit(_tokenizer, MaxTokens, SystemMessage.None);
    }

    public void Dispose() => _tokenizer.Dispose();

    [Theory]
    // Ten tokens to a document, six to the question; the answer is left what it asked for, or a quarter of 100, or half at most.
    [InlineData(3, 0, 3)]
    [InlineData(20, 0, 6)]
    [InlineData(20, 10, 8)]
    [InlineData(20, 90, 4)]
    public void Fit_Documents_KeepsTheFirstThatLeaveRoomForTheAnswer(int documents, int answer, int kept)
    {
        var fitted = Fit(5, documents, answer);

        Assert.Equal((kept * 10) + 6, fitted.Tokens.Length);
        Assert.Equal((kept, documents - kept), (fitted.Draft.Documents.Count, fitted.DocumentsLeftOut));
        Assert.StartsWith("hello hello", _tokenizer.Decode(fitted.Tokens), StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_QuestionThatFitsOnlyAlone_LeavesAllDocumentsOut() => Assert.Equal(90, Fit(89, 5, 0).Tokens.Length);

    [Fact]
    public void Fit_LongQuestionWithoutDocuments_MayTakeTheAnswersRoom() => Assert.Equal(99, Fit(98, 0, 50).Tokens.Length);

    [Theory]
    [InlineData(99, 0)]
    [InlineData(99, 5)]
    [InlineData(5_000_000, 1)]
    public void Fit_QuestionThatLeavesNoRoom_IsUnprocessable(int words, int documents)
    {
        var exception = Assert.Throws<HybridException>(() => Fit(words, documents, 0));

        Assert.Equal((ErrorCode.Unprocessable, "messages"), (exception.Error.Code, exception.Error.Param));
    }

    [Fact]
    public void Fit_Cancelled_Ends()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.Throws<OperationCanceledException>(() => _fit.Fit(_builder.Build(Request(1, 0, 0)), 0, cancelled.Token));
    }

    private FittedPrompt Fit(int words, int documents, int answer) =>
        _fit.Fit(_builder.Build(Request(words, documents, answer)), answer, TestContext.Current.CancellationToken);

    private static GenerateRequest Request(int words, int documents, int answer) => new(
        "m",
        [new ChatMessage("user", string.Concat(Enumerable.Repeat(" hello", words)))],
        [.. Enumerable.Repeat(new ContextDocument("", "hello" + string.Concat(Enumerable.Repeat(" hello", 9))), documents)],
        answer,
        [],
        new Sampling());
}
