using Hybrid.Contracts.Errors;
using Hybrid.GpuHost.Prompting.Jinja;
using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Prompting.Templates;

/// <summary>
/// Renders a conversation as the text that a model was trained on: by the model's own Jinja <c>chat_template</c>, or, where it has
/// none, as lines of <c>role: content</c>. Safe for many threads.
/// </summary>
/// <remarks>
/// The marks of contents and documents go through any template, so that the tokenizer reads no special token in text from outside. A template whose turn
/// marks are ordinary text and not tokens (<c>[INST]</c> of the first Mistral models) has no such protection: there a user can write
/// what looks like a turn, as with every host of such models.
/// </remarks>
internal sealed class ChatTemplate
{
    private const string Plain = """
        {% for message in messages %}
        {{ message.role }}: {{ message.content }}

        {% endfor %}
        {% if add_generation_prompt %}assistant:{% endif %}
        """;

    private const string Documents = "documents";
    private const string ForDocuments = "rag";

    private readonly IReadOnlyDictionary<string, JinjaTemplate> _templates;
    private readonly IReadOnlyList<KeyValuePair<string, object?>> _constants;

    private ChatTemplate(IReadOnlyDictionary<string, JinjaTemplate> templates, IReadOnlyDictionary<string, string> tokens, bool isModels, TimeProvider time)
    {
        _templates = templates;
        IsModels = isModels;
        _constants =
        [
            .. tokens.Select(token => KeyValuePair.Create(token.Key, (object?)Values.Text(token.Value))),
            KeyValuePair.Create("add_generation_prompt", (object?)true),
            KeyValuePair.Create("tools", (object?)null),
            KeyValuePair.Create("strftime_now", (object?)DateText.Function(time)),
        ];
    }

    /// <summary>Whether the template came with the model. Otherwise special tokens that the tokenizer puts around a text belong around the prompt.</summary>
    public bool IsModels { get; }

    /// <summary>Reads the template of a model's folder.</summary>
    /// <exception cref="InvalidDataException">There is one, and it cannot be read; the message names the line and what is wrong.</exception>
    public static ChatTemplate Load(string folder, TimeProvider time)
    {
        var file = ChatTemplateFile.Read(folder);
        var isModels = file.Templates.ContainsKey(ChatTemplateFile.Default);
        var sources = isModels ? file.Templates : new Dictionary<string, string> { [ChatTemplateFile.Default] = Plain };
        try
        {
            return new ChatTemplate(
                sources.ToDictionary(source => source.Key, source => JinjaTemplate.Parse(source.Value), StringComparer.Ordinal), file.SpecialTokens, isModels, time);
        }
        catch (TemplateException exception)
        {
            throw new InvalidDataException($"The chat template cannot be used: {exception.Message}", exception);
        }
    }

    /// <summary>The prompt for the next turn.</summary>
    /// <exception cref="HybridException">
    /// <see cref="ErrorCode.Unprocessable"/>: the template refuses the messages (some want turns to alternate);
    /// <see cref="ErrorCode.Internal"/>: the template is at fault.
    /// </exception>
    public MarkedText Render(IReadOnlyList<PromptMessage> messages, IReadOnlyList<PromptDocument> documents, CancellationToken cancellationToken)
    {
        var template = documents.Count > 0 && _templates.TryGetValue(ForDocuments, out var forDocuments)
            ? forDocuments
            : _templates[ChatTemplateFile.Default];
        if (documents.Count > 0 && !template.Mentions(Documents))
        {
            messages = ContextMessage.Merge(messages, documents);
            documents = [];
        }

        KeyValuePair<string, object?>[] values =
        [
            .. _constants,
            KeyValuePair.Create("messages", (object?)messages.Select(Value).ToList<object?>()),
            KeyValuePair.Create(Documents, documents.Count == 0 ? null : (object?)documents.Select(Value).ToList<object?>()),
        ];
        try
        {
            return template.Render(values, RenderLimits.Default, cancellationToken);
        }
        catch (TemplateException exception)
        {
            throw new HybridException(
                exception.Refusal is { } refusal
                    ? new Error(ErrorCode.Unprocessable, $"The model's chat template refuses these messages: {refusal}", "messages")
                    : new Error(ErrorCode.Internal, $"The model's chat template failed: {exception.Message}"),
                exception);
        }
    }

    // Templates put a role's name into control tokens: only the names that we know may have that trust.
    private static Dictionary<string, object?> Value(PromptMessage message) => new(StringComparer.Ordinal)
    {
        ["role"] = MarkedText.Of(message.Role, outside: !PromptMessage.Roles.Contains(message.Role)),
        ["content"] = message.Content,
    };

    private static Dictionary<string, object?> Value(PromptDocument document) => new(StringComparer.Ordinal)
    {
        ["title"] = document.Title,
        ["text"] = document.Text,
    };
}
