using System.Text.Json;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Prompting;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.GpuHost.Tests.Tokenization;
using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Tests.Prompting;

public sealed class PromptBuilderTests : IDisposable
{
    private const int MaxTokens = 100;

    private readonly HfTokenizer _tokenizer = TokenizerFolder.Load(TokenizerFolder.ByteLevel());
    private readonly PromptBuilder _builder;

    public PromptBuilderTests()
    {
        using var folder = new TestFolder();
        File.WriteAllText(
            folder.Combine("tokenizer_config.json"),
            JsonSerializer.Serialize(new { chat_template = "{% for d in documents or [] %}{{ d.text }}{% endfor %}<|im_start|>{{ messages[-1].content }}" }));
        _builder = new PromptBuilder(ChatTemplate.Load(folder.Path, TimeProvider.System), _tokenizer, MaxTokens);
    }

    public void Dispose() => _tokenizer.Dispose();

    [Theory]
    // Ten tokens to a document, six to the question; the answer is left what it asked for, or a quarter of 100, or half at most.
    [InlineData(3, 0, 3)]
    [InlineData(20, 0, 6)]
    [InlineData(20, 10, 8)]
    [InlineData(20, 90, 4)]
    public void Build_Documents_KeepsTheFirstThatLeaveRoomForTheAnswer(int documents, int answer, int kept)
    {
        var ids = Build(5, documents, answer);

        Assert.Equal((kept * 10) + 6, ids.Length);
        Assert.StartsWith("hello hello", _tokenizer.Decode(ids), StringComparison.Ordinal);
    }

    [Fact]
    public void Build_QuestionThatFitsOnlyAlone_LeavesAllDocumentsOut() => Assert.Equal(90, Build(89, 5, 0).Length);

    [Fact]
    public void Build_LongQuestionWithoutDocuments_MayTakeTheAnswersRoom() => Assert.Equal(99, Build(98, 0, 50).Length);

    [Theory]
    [InlineData(99, 0)]
    [InlineData(99, 5)]
    [InlineData(5_000_000, 1)]
    public void Build_QuestionThatLeavesNoRoom_IsUnprocessable(int words, int documents)
    {
        var exception = Assert.Throws<HybridException>(() => Build(words, documents, 0));

        Assert.Equal((ErrorCode.Unprocessable, "messages"), (exception.Error.Code, exception.Error.Param));
    }

    [Fact]
    public void Build_Cancelled_Ends()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.Throws<OperationCanceledException>(() => _builder.Build(Request(1, 0, 0), cancelled.Token));
    }

    private int[] Build(int words, int documents, int answer) => _builder.Build(Request(words, documents, answer), TestContext.Current.CancellationToken);

    private static GenerateRequest Request(int words, int documents, int answer) => new(
        "m",
        [new ChatMessage("user", string.Concat(Enumerable.Repeat(" hello", words)))],
        [.. Enumerable.Repeat(new ContextDocument("", "hello" + string.Concat(Enumerable.Repeat(" hello", 9))), documents)],
        answer,
        [],
        new Sampling());
}
