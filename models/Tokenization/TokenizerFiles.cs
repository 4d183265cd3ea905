using System.Text.Json.Nodes;

namespace Hybrid.Models.Tokenization;

/// <summary>The two files that describe a tokenizer in Hugging Face's format, as far as they are alike for all kinds.</summary>
public static class TokenizerFiles
{
    public const string Tokenizer = "tokenizer.json";
    public const string Config = "tokenizer_config.json";

    /// <summary>The <c>added_tokens</c> of a tokenizer: special ones, found as they stand. The index is the id.</summary>
    public static JsonArray AddedTokens(IReadOnlyList<string> specials) => new([.. specials.Select(AddedToken)]);

    /// <summary>A <c>vocab</c>: the index is the id.</summary>
    public static JsonObject Vocabulary(IReadOnlyList<string> entries) =>
        new(entries.Select((entry, id) => KeyValuePair.Create(entry, (JsonNode?)id)));

    /// <summary>The fields of <c>tokenizer_config.json</c> by which a token has its role, <c>pad_token</c> or <c>eos_token</c>.</summary>
    public static JsonObject ConfigJson(string tokenizerClass, int maxLength, params ReadOnlySpan<(string Role, string Token)> roles)
    {
        var config = new JsonObject
        {
            ["tokenizer_class"] = tokenizerClass,
            ["model_max_length"] = maxLength,
            ["clean_up_tokenization_spaces"] = false,
        };
        foreach (var (role, token) in roles)
            config[role] = token;
        return config;
    }

    private static JsonObject AddedToken(string token, int id) => new()
    {
        ["id"] = id,
        ["content"] = token,
        ["single_word"] = false,
        ["lstrip"] = false,
        ["rstrip"] = false,
        ["normalized"] = false,
        ["special"] = true,
    };
}
