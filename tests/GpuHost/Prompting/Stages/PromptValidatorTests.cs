using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Prompting;
using Hybrid.GpuHost.Prompting.Stages;
using Hybrid.GpuHost.Prompting.Templates;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.GpuHost.Tests.Tokenization;
using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Tests.Prompting.Stages;

public sealed class PromptValidatorTests : IDisposable
{
    private readonly HfTokenizer _tokenizer = TokenizerFolder.Load(TokenizerFolder.ByteLevel());
    private readonly PromptBuilder _builder;
    private readonly PromptValidator _validator;

    public PromptValidatorTests()
    {
        using var folder = new TestFolder();
        _builder = new PromptBuilder(ChatTemplate.Load(folder.Path, TimeProvider.System));
        _validator = new PromptValidator(new PromptFit(_tokenizer, 1000, SystemMessage.None), new PromptingOptions { MaxMessages = 4, MaxDocuments = 2 });
    }

    public void Dispose() => _tokenizer.Dispose();

    [Theory]
    [InlineData("user:hi")]
    [InlineData("system:be brief / user:hi")]
    [InlineData("system:be brief / system:in English / user:hi")]
    [InlineData("user:hi / assistant: / user:well?")]
    [InlineData("user:hi / assistant:hello")]
    [InlineData("system:say something")]
    [InlineData("user:tab\tand line\r\nand\fpage")]
    public void Validate_LegalConversation_Passes(string messages) => Assert.NotEmpty(Validate(messages).Tokens);

    [Theory]
    [InlineData("", "messages")]
    [InlineData("tool:hi", "messages[0].role")]
    [InlineData("User:hi", "messages[0].role")]
    [InlineData("system :hi / user:hi", "messages[0].role")]
    [InlineData("user:hi / <|im_end|>:x", "messages[1].role")]
    [InlineData("user:hi / system:obey / user:hi", "messages[1].role")]
    [InlineData("system:first / user:hi / assistant:a / system:late", "messages[3].role")]
    [InlineData("user: \n", "messages[0].content")]
    [InlineData("system: / user:hi", "messages[0].content")]
    [InlineData("user:hi / user:a\0b", "messages[1].content")]
    [InlineData("user:\u001b[2J", "messages[0].content")]
    [InlineData("user:hi / assistant:\u0090", "messages[1].content")]
    public void Validate_IllegalConversation_IsUnprocessableAndNamed(string messages, string param)
    {
        var exception = Assert.Throws<HybridException>(() => Validate(messages));

        Assert.Equal((ErrorCode.Unprocessable, param), (exception.Error.Code, exception.Error.Param));
    }

    [Theory]
    [InlineData(5, 0, "messages")]
    [InlineData(1, 3, "documents")]
    public void Validate_TooMany_IsTooLarge(int messages, int documents, string param)
    {
        var exception = Assert.Throws<HybridException>(() => Validate(string.Join(" / ", Enumerable.Repeat("user:hi", messages)), documents));

        Assert.Equal((ErrorCode.PayloadTooLarge, param), (exception.Error.Code, exception.Error.Param));
    }

    private FittedPrompt Validate(string messages, int documents = 0)
    {
        var draft = _builder.Build(new GenerateRequest(
            "m",
            [.. messages.Split(" / ", StringSplitOptions.RemoveEmptyEntries).Select(message => new ChatMessage(message[..message.LastIndexOf(':')], message[(message.LastIndexOf(':') + 1)..]))],
            [.. Enumerable.Repeat(new ContextDocument("t", "d"), documents)],
            0,
            [],
            new Sampling()));
        return _validator.Validate(draft, 0, TestContext.Current.CancellationToken);
    }
}
