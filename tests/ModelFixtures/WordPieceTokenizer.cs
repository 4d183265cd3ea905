using System.Text.Json.Nodes;

namespace Hybrid.ModelFixtures;

/// <summary>bert-base-uncased in small: the same rules, the same places of the special tokens, a few words and all letters.</summary>
public static class WordPieceTokenizer
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyz0123456789";
    private const string Punctuation = ".,;:!?'\"()-/";

    private static readonly string[] Specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

    private static readonly string[] Words =
    [
        "the", "is", "of", "and", "to", "in", "how", "what", "batch", "##es", "##ing", "##ed", "queue", "model", "weight", "cafe",
    ];

    /// <summary>The index is the token's id.</summary>
    public static IReadOnlyList<string> Vocabulary { get; } =
    [
        .. Specials,
        .. Punctuation.Select(c => c.ToString()),
        .. Letters.Select(c => c.ToString()),
        .. Letters.Select(c => $"##{c}"),
        .. Words,
    ];

    public static JsonObject TokenizerJson() => new()
    {
        ["version"] = "1.0",
        ["truncation"] = new JsonObject { ["direction"] = "Right", ["max_length"] = 128, ["strategy"] = "LongestFirst", ["stride"] = 0 },
        ["padding"] = null,
        ["added_tokens"] = new JsonArray([.. Specials.Select(AddedToken)]),
        ["normalizer"] = new JsonObject
        {
            ["type"] = "BertNormalizer",
            ["clean_text"] = true,
            ["handle_chinese_chars"] = true,
            ["strip_accents"] = null,
            ["lowercase"] = true,
        },
        ["pre_tokenizer"] = new JsonObject { ["type"] = "BertPreTokenizer" },
        ["post_processor"] = PostProcessor(),
        ["decoder"] = new JsonObject { ["type"] = "WordPiece", ["prefix"] = "##", ["cleanup"] = true },
        ["model"] = new JsonObject
        {
            ["type"] = "WordPiece",
            ["unk_token"] = "[UNK]",
            ["continuing_subword_prefix"] = "##",
            ["max_input_chars_per_word"] = 100,
            ["vocab"] = new JsonObject(Vocabulary.Select((token, id) => KeyValuePair.Create(token, (JsonNode?)id))),
        },
    };

    public static JsonObject ConfigJson(int maxLength)
    {
        var config = SpecialTokensMap();
        config["clean_up_tokenization_spaces"] = true;
        config["do_basic_tokenize"] = true;
        config["do_lower_case"] = true;
        config["model_max_length"] = maxLength;
        config["strip_accents"] = null;
        config["tokenize_chinese_chars"] = true;
        config["tokenizer_class"] = "BertTokenizer";
        return config;
    }

    public static JsonObject SpecialTokensMap() => new()
    {
        ["cls_token"] = "[CLS]",
        ["mask_token"] = "[MASK]",
        ["pad_token"] = "[PAD]",
        ["sep_token"] = "[SEP]",
        ["unk_token"] = "[UNK]",
    };

    private static JsonObject PostProcessor() => new()
    {
        ["type"] = "TemplateProcessing",
        ["single"] = new JsonArray(Special("[CLS]", 0), Sequence("A", 0), Special("[SEP]", 0)),
        ["pair"] = new JsonArray(Special("[CLS]", 0), Sequence("A", 0), Special("[SEP]", 0), Sequence("B", 1), Special("[SEP]", 1)),
        ["special_tokens"] = new JsonObject { ["[CLS]"] = Definition("[CLS]"), ["[SEP]"] = Definition("[SEP]") },
    };

    private static JsonObject Special(string token, int type) => new() { ["SpecialToken"] = new JsonObject { ["id"] = token, ["type_id"] = type } };

    private static JsonObject Sequence(string name, int type) => new() { ["Sequence"] = new JsonObject { ["id"] = name, ["type_id"] = type } };

    private static JsonObject Definition(string token) => new()
    {
        ["id"] = token,
        ["ids"] = new JsonArray(Array.IndexOf(Specials, token)),
        ["tokens"] = new JsonArray(token),
    };

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
}
