using System.Text.Json.Nodes;
using static Hybrid.Models.Tokenization.WordPieceVocabulary;

namespace Hybrid.Models.Tokenization;

/// <summary>A WordPiece tokenizer as that of bert-base-uncased.</summary>
public static class WordPieceFiles
{
    /// <summary><c>tokenizer.json</c>; a text stands as <c>[CLS] text [SEP]</c>, a pair as <c>[CLS] first [SEP] second [SEP]</c>.</summary>
    public static JsonObject TokenizerJson(IReadOnlyList<string> entries) => new()
    {
        ["version"] = "1.0",
        ["truncation"] = null,
        ["padding"] = null,
        ["added_tokens"] = TokenizerFiles.AddedTokens(Specials),
        ["normalizer"] = new JsonObject
        {
            ["type"] = "BertNormalizer",
            ["clean_text"] = true,
            ["handle_chinese_chars"] = true,
            ["strip_accents"] = null,
            ["lowercase"] = true,
        },
        ["pre_tokenizer"] = new JsonObject { ["type"] = "BertPreTokenizer" },
        ["post_processor"] = Template(),
        ["decoder"] = new JsonObject { ["type"] = "WordPiece", ["prefix"] = Continuation, ["cleanup"] = true },
        ["model"] = new JsonObject
        {
            ["type"] = "WordPiece",
            ["unk_token"] = Unknown,
            ["continuing_subword_prefix"] = Continuation,
            ["max_input_chars_per_word"] = 100,
            ["vocab"] = TokenizerFiles.Vocabulary(entries),
        },
    };

    /// <summary><c>tokenizer_config.json</c>.</summary>
    public static JsonObject ConfigJson(int maxLength)
    {
        var config = TokenizerFiles.ConfigJson(
            "BertTokenizer",
            maxLength,
            ("pad_token", Padding), ("unk_token", Unknown), ("cls_token", Begin), ("sep_token", Separator), ("mask_token", Mask));
        config["do_lower_case"] = true;
        config["strip_accents"] = null;
        config["tokenize_chinese_chars"] = true;
        return config;
    }

    private static JsonObject Template() => new()
    {
        ["type"] = "TemplateProcessing",
        ["single"] = new JsonArray(Special(Begin, 0), Sequence("A", 0), Special(Separator, 0)),
        ["pair"] = new JsonArray(Special(Begin, 0), Sequence("A", 0), Special(Separator, 0), Sequence("B", 1), Special(Separator, 1)),
        ["special_tokens"] = new JsonObject { [Begin] = Definition(Begin), [Separator] = Definition(Separator) },
    };

    private static JsonObject Special(string token, int type) => new() { ["SpecialToken"] = new JsonObject { ["id"] = token, ["type_id"] = type } };

    private static JsonObject Sequence(string name, int type) => new() { ["Sequence"] = new JsonObject { ["id"] = name, ["type_id"] = type } };

    private static JsonObject Definition(string token) => new()
    {
        ["id"] = token,
        ["ids"] = new JsonArray(Specials.ToList().IndexOf(token)),
        ["tokens"] = new JsonArray(token),
    };
}
