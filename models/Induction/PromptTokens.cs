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

    public static BytePairVocabulary Vocabulary { get; } = BytePairVocabulary.OfCorpus(Padding, Answer, Document, Question, End);

    /// <summary><c>tokenizer_config.json</c>, with the chat template that puts documents and question into that form.</summary>
    public static JsonObject TokenizerConfig(int maxLength)
    {
        var config = BytePairFiles.ConfigJson(maxLength, Answer, End, Padding, Resource.Text("chat_template.jinja").TrimEnd());
        config["additional_special_tokens"] = new JsonArray(Document, Question);
        return config;
    }
}
