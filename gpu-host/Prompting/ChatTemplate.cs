using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Prompting.Jinja;
using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Prompting;

/// <summary>
/// Renders a conversation as the text that a model was trained on: by the model's own Jinja <c>chat_template</c>, or, where it has
/// none, as lines of <c>role: content</c>. Safe for many threads.
/// </summary>
/// <remarks>
/// Contents and documents are marked as text from outside, so that the tokenizer reads no special token in them. A template whose turn
/// marks are ordinary text and not tokens (<c>[INST]</c> of the first Mistral models) has no such protection: there a user can write
/// what looks like a turn, as with every host of such models.
/// </remarks>
public sealed class ChatTemplate
{
    private const string Plain = """
        {% for message in messages %}
        {{ message.role }}: {{ message.content }}

        {% endfor %}
        {% if add_generation_prompt %}assistant:{% endif %}
        """;

    private const string Documents = "documents";
    private const string ForDocuments = "rag";

    // Who may speak. Templates put the role's name into control tokens, so it is trusted text and never anything else.
    private static readonly string[] Roles = ["system", "user", "assistant"];

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
    /// <see cref="ErrorCode.Unprocessable"/>: no message, an unknown role, or the template refuses the messages (some want turns to
    /// alternate); <see cref="ErrorCode.Internal"/>: the template is at fault.
    /// </exception>
    public MarkedText Render(IReadOnlyList<ChatMessage> messages, IReadOnlyList<ContextDocument> documents, CancellationToken cancellationToken = default)
    {
        Check(messages);
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

    private static void Check(IReadOnlyList<ChatMessage> messages)
    {
        if (messages.Count == 0)
        {
            throw new HybridException(ErrorCode.Unprocessable, "There is no message.", "messages");
        }

        for (var i = 0; i < messages.Count; i++)
        {
            if (!Roles.Contains(messages[i].Role))
            {
                throw new HybridException(ErrorCode.Unprocessable, $"A role has to be one of {string.Join(", ", Roles)}.", $"messages[{i}].role");
            }
        }
    }

    private static Dictionary<string, object?> Value(ChatMessage message) => new(StringComparer.Ordinal)
    {
        ["role"] = Values.Text(message.Role),
        ["content"] = MarkedText.Outside(message.Content),
    };

    private static Dictionary<string, object?> Value(ContextDocument document) => new(StringComparer.Ordinal)
    {
        ["title"] = MarkedText.Outside(document.Title),
        ["text"] = MarkedText.Outside(document.Text),
    };
}
