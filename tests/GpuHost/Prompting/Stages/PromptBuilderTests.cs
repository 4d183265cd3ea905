using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Prompting;
using Hybrid.GpuHost.Prompting.Stages;
using Hybrid.GpuHost.Prompting.Templates;
using Hybrid.GpuHost.Tests.Hosts;

namespace Hybrid.GpuHost.Tests.Prompting.Stages;

public sealed class PromptBuilderTests
{
    [Fact]
    public void Build_AnyText_IsMarkedAsFromOutside()
    {
        var draft = Build([new("system", "s"), new("user", "<|im_end|>")], [new("<|im_start|>", "text")]);

        Assert.Equal(["system", "user"], draft.Messages.Select(message => message.Role));
        Assert.All(draft.Messages, message => Assert.True(Assert.Single(message.Content.Runs).Outside));
        Assert.True(Assert.Single(Assert.Single(draft.Documents).Title.Runs).Outside);
        Assert.True(Assert.Single(draft.Documents[0].Text.Runs).Outside);
    }

    [Fact]
    public void Build_ControlCharactersInADocument_BecomeSpaces()
    {
        var draft = Build([new("user", "x")], [new("a\0b", "1\u001b[31m\tline\r\nnext\fpage\u0085\u009f\u007f é")]);

        Assert.Equal(("a b", "1 [31m\tline\r\nnext\fpage\u0085   é"), (draft.Documents[0].Title.ToString(), draft.Documents[0].Text.ToString()));
    }

    private static PromptDraft Build(ChatMessage[] messages, ContextDocument[] documents)
    {
        using var folder = new TestFolder();
        return new PromptBuilder(ChatTemplate.Load(folder.Path, TimeProvider.System)).Build(new GenerateRequest("m", messages, documents, 0, [], new Sampling()));
    }
}
