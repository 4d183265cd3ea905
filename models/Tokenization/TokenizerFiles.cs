using System.Text.Json.Nodes;

namespace Hybrid.Models.Tokenization;

/// <summary>A vocabulary as Hugging Face's <c>tokenizer.json</c>, which every tokenizer library of this format reads.</summary>
public static class TokenizerFiles
{
    public const string Tokenizer = "tokenizer.json";
    public const string Config = "tokenizer_config.json";

    /// <summary>The class by whose rules the pieces are split and merged: byte-level BPE.</summary>
    private const string TokenizerClass = "GPT2Tokenizer";

    /// <param name="vocabulary">What the tokens are.</param>
    /// <param name="postProcessor">What is put around one text or a pair of them; null: nothing.</param>
    public static JsonObject TokenizerJson(Vocabulary vocabulary, JsonObject? postProcessor) => new()
    {
        ["version"] = "1.0",
        ["truncation"] = null,
        ["padding"] = null,
        ["added_tokens"] = new JsonArray([.. vocabulary.Specials.Select(AddedToken)]),
        ["normalizer"] = null,
        ["pre_tokenizer"] = ByteLevel(),
        ["post_processor"] = postProcessor,
        ["decoder"] = ByteLevel(),
        ["model"] = new JsonObject
        {
            ["type"] = "BPE",
            ["dropout"] = null,
            ["unk_token"] = null,
            ["continuing_subword_prefix"] = null,
            ["end_of_word_suffix"] = null,
            ["fuse_unk"] = false,
            ["byte_fallback"] = false,
            ["vocab"] = new JsonObject(vocabulary.Entries.Select((entry, id) => KeyValuePair.Create(entry, (JsonNode?)id))),
            ["merges"] = new JsonArray([.. vocabulary.Merges.Select(merge => (JsonNode)$"{merge.Left} {merge.Right}")]),
        },
    };

    /// <summary><c>tokenizer_config.json</c>.</summary>
    /// <param name="maxLength">Tokens of the longest input.</param>
    /// <param name="roles">Which token is the <c>pad_token</c>, <c>eos_token</c> and so on.</param>
    public static JsonObject ConfigJson(int maxLength, params ReadOnlySpan<(string Role, string Token)> roles)
    {
        var config = new JsonObject
        {
            ["tokenizer_class"] = TokenizerClass,
            ["model_max_length"] = maxLength,
            ["add_prefix_space"] = false,
            ["add_bos_token"] = false,
            ["add_eos_token"] = false,
            ["clean_up_tokenization_spaces"] = false,
        };
        foreach (var (role, token) in roles)
            config[role] = token;
        return config;
    }

    /// <summary>
    /// The template of a BERT-like pair, <c>[CLS] first [SEP] second [SEP]</c> with type 0 and 1, and of a single text,
    /// <c>[CLS] text [SEP]</c>.
    /// </summary>
    public static JsonObject PairTemplate(Vocabulary vocabulary, string begin, string separator)
    {
        JsonObject special(string token, int type) => new() { ["SpecialToken"] = new JsonObject { ["id"] = token, ["type_id"] = type } };
        JsonObject sequence(string name, int type) => new() { ["Sequence"] = new JsonObject { ["id"] = name, ["type_id"] = type } };
        JsonObject definition(string token) => new()
        {
            ["id"] = token,
            ["ids"] = new JsonArray(vocabulary.Special(token)),
            ["tokens"] = new JsonArray(token),
        };
        return new()
        {
            ["type"] = "TemplateProcessing",
            ["single"] = new JsonArray(special(begin, 0), sequence("A", 0), special(separator, 0)),
            ["pair"] = new JsonArray(special(begin, 0), sequence("A", 0), special(separator, 0), sequence("B", 1), special(separator, 1)),
            ["special_tokens"] = new JsonObject { [begin] = definition(begin), [separator] = definition(separator) },
        };
    }

    private static JsonObject AddedToken(string token, int id) => new JsonObject
    {
        ["id"] = id,
        ["content"] = token,
        ["single_word"] = false,
        ["lstrip"] = false,
        ["rstrip"] = false,
        ["normalized"] = false,
        ["special"] = true,
    };

    private static JsonObject ByteLevel() => new()
    {
        ["type"] = "ByteLevel",
        ["add_prefix_space"] = false,
        ["trim_offsets"] = true,
        ["use_regex"] = true,
    };
}
