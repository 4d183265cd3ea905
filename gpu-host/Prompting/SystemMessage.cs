using Hybrid.Contracts.Errors;
using Hybrid.GpuHost.Prompting.Templates;
using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Prompting;

/// <summary>
/// What the host tells a model whose caller has no system message of its own, and how many tokens that takes: measured once, at load, so
/// that the validator can keep room for it before the injector puts it in.
/// </summary>
internal sealed class SystemMessage
{
    public static readonly SystemMessage None = new(null, 0, 0);

    private readonly PromptMessage? _message;
    private readonly int _tokens;
    private readonly int _tokensWithDocuments;

    private SystemMessage(PromptMessage? message, int tokens, int tokensWithDocuments)
    {
        _message = message;
        _tokens = tokens;
        _tokensWithDocuments = tokensWithDocuments;
    }

    /// <summary>Tries the text on the model's template.</summary>
    /// <exception cref="InvalidDataException">The template refuses system messages, or leaves them out: better no model than one without its instructions.</exception>
    public static SystemMessage Load(string? text, ChatTemplate template, ITextTokenizer tokenizer)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return None;
        }

        var message = new PromptMessage(PromptMessage.System, MarkedText.Outside(text.Trim()));
        var plain = new PromptDraft(template, [new PromptMessage(PromptMessage.User, MarkedText.Outside("question"))], []);
        var withDocuments = plain with { Documents = [new PromptDocument(MarkedText.Outside("title"), MarkedText.Outside("text"))] };
        try
        {
            return Before(message, plain).Render(CancellationToken.None).ToString().Contains(message.Content.ToString(), StringComparison.Ordinal)
                ? new SystemMessage(message, Cost(message, plain, tokenizer), Cost(message, withDocuments, tokenizer))
                : throw new InvalidDataException("The chat template leaves out the system message that is configured for this model.");
        }
        catch (HybridException exception)
        {
            throw new InvalidDataException($"A system message is configured for this model, and cannot be used: {exception.Message}", exception);
        }
    }

    /// <summary>How many tokens longer the draft becomes by <see cref="AddTo"/>; fewer than none where it replaces words of the template's own.</summary>
    public int TokensIn(PromptDraft draft) => _message is null || draft.HasSystemMessage ? 0 : draft.Documents.Count > 0 ? _tokensWithDocuments : _tokens;

    /// <summary>The draft with this message before all others; the same draft when there is nothing to add.</summary>
    public PromptDraft AddTo(PromptDraft draft) => _message is null || draft.HasSystemMessage ? draft : Before(_message, draft);

    private static PromptDraft Before(PromptMessage message, PromptDraft draft) => draft with { Messages = [message, .. draft.Messages] };

    private static int Cost(PromptMessage message, PromptDraft draft, ITextTokenizer tokenizer) =>
        Before(message, draft).Tokens(tokenizer, CancellationToken.None).Length - draft.Tokens(tokenizer, CancellationToken.None).Length;
}
