using Hybrid.GpuHost.Prompting.Templates;
using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Prompting;

/// <summary>A prompt that is still words: the model's template and what is to stand in it. Immutable.</summary>
/// <param name="Template">The model's chat template.</param>
/// <param name="Messages">The turns so far, oldest first.</param>
/// <param name="Documents">Passages to answer from, best first.</param>
internal sealed record PromptDraft(ChatTemplate Template, IReadOnlyList<PromptMessage> Messages, IReadOnlyList<PromptDocument> Documents)
{
    public bool HasSystemMessage => Messages.Any(message => message.Role == PromptMessage.System);

    public long Characters =>
        Messages.Sum(message => (long)message.Content.Length) + Documents.Sum(document => (long)document.Title.Length + document.Text.Length);

    /// <summary>The first documents only.</summary>
    public PromptDraft WithDocuments(int count) => this with { Documents = [.. Documents.Take(count)] };

    /// <inheritdoc cref="ChatTemplate.Render"/>
    public MarkedText Render(CancellationToken cancellationToken) => Template.Render(Messages, Documents, cancellationToken);

    /// <inheritdoc cref="ChatTemplate.Render"/>
    public int[] Tokens(ITextTokenizer tokenizer, CancellationToken cancellationToken) =>
        tokenizer.Tokenize(Render(cancellationToken), addSpecialTokens: !Template.IsModels);
}

/// <summary>One turn. Its content is marked by where it came from; its role is a word of ours or, until the validator has seen it, anything.</summary>
internal sealed record PromptMessage(string Role, MarkedText Content)
{
    public const string System = "system";
    public const string User = "user";
    public const string Assistant = "assistant";

    public static readonly IReadOnlyList<string> Roles = [System, User, Assistant];
}

/// <summary>A passage, marked likewise.</summary>
internal sealed record PromptDocument(MarkedText Title, MarkedText Text);
