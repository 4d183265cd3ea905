using System.Text.Json.Nodes;
using Hybrid.Models.Tokenization;

namespace Hybrid.Models.Induction;

/// <summary>The tokens that give a prompt its form: <c>&lt;ans&gt;best passage&lt;end&gt;&lt;doc&gt;other&lt;end&gt;…&lt;ask&gt;question&lt;ans&gt;</c>.</summary>
public static class PromptTokens
{
    /// <summary>Fills the shorter rows of a batch.</summary>
    public const string Padding = "<pad>";

    /// <summary>Before the passage to quote, and where the quotation is to begin.</summary>
    public const string Answer = "<ans>";

    /// <summary>Before every other passage.</summary>
    public const string Document = "<doc>";

    /// <summary>Before the question.</summary>
    public const string Question = "<ask>";

    /// <summary>After every passage; the model's end token.</summary>
    public const string End = "<end>";

    public static Vocabulary Vocabulary { get; } = CorpusVocabulary.With(Padding, Answer, Document, Question, End);

    public static JsonObject TokenizerConfig(int maxLength) => new()
    {
        ["tokenizer_class"] = TokenizerFiles.TokenizerClass,
        ["model_max_length"] = maxLength,
        ["add_prefix_space"] = false,
        ["add_bos_token"] = false,
        ["add_eos_token"] = false,
        ["clean_up_tokenization_spaces"] = false,
        ["bos_token"] = Answer,
        ["eos_token"] = End,
        ["pad_token"] = Padding,
        ["additional_special_tokens"] = new JsonArray(Document, Question),
        ["chat_template"] = Resource.Text("chat_template.jinja").TrimEnd(),
    };
}
