using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Prompting.Templates;
using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Prompting.Stages;

/// <summary>
/// Stage 1: puts a request's words beside the model's template. Every one of them is marked as text from outside, so that none can
/// become a control token, whatever the template does with it.
/// </summary>
internal sealed class PromptBuilder(ChatTemplate template)
{
    public PromptDraft Build(GenerateRequest request) => new(
        template,
        [.. request.Messages.Select(message => new PromptMessage(message.Role, MarkedText.Outside(message.Content)))],
        [.. request.Documents.Select(document => new PromptDocument(Passage(document.Title), Passage(document.Text)))]);

    // A passage was found, not written, by who asks: they could do nothing about a control character that an extraction left in it.
    private static MarkedText Passage(string text) => MarkedText.Outside(ControlCharacters.Blank(text));
}
