using System.Text.Json.Nodes;

namespace Hybrid.Models.Tokenization;

/// <summary>A byte-level BPE tokenizer as GPT-2's: any text comes back from its tokens exactly.</summary>
public static class BytePairFiles
{
    /// <summary><c>tokenizer.json</c>.</summary>
    public static JsonObject TokenizerJson(BytePairVocabulary vocabulary) => new()
    {
        ["version"] = "1.0",
        ["truncation"] = null,
        ["padding"] = null,
        ["added_tokens"] = TokenizerFiles.AddedTokens(vocabulary.Specials),
        ["normalizer"] = null,
        ["pre_tokenizer"] = ByteLevel(),
        ["post_processor"] = null,
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
            ["vocab"] = TokenizerFiles.Vocabulary(vocabulary.Entries),
            ["merges"] = new JsonArray([.. vocabulary.Merges.Select(merge => (JsonNode)$"{merge.Left} {merge.Right}")]),
        },
    };

    /// <summary><c>tokenizer_config.json</c>.</summary>
    public static JsonObject ConfigJson(int maxLength, string begin, string end, string padding, string chatTemplate)
    {
        var config = TokenizerFiles.ConfigJson("GPT2Tokenizer", maxLength, ("bos_token", begin), ("eos_token", end), ("pad_token", padding));
        config["add_prefix_space"] = false;
        config["add_bos_token"] = false;
        config["add_eos_token"] = false;
        config["chat_template"] = chatTemplate;
        return config;
    }

    private static JsonObject ByteLevel() => new()
    {
        ["type"] = "ByteLevel",
        ["add_prefix_space"] = false,
        ["trim_offsets"] = true,
        ["use_regex"] = true,
    };
}
