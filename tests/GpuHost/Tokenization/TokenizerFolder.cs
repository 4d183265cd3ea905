using System.Text.Json.Nodes;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Tests.Tokenization;

/// <summary>Small tokenizer.json files, each of a form that real models have.</summary>
internal static class TokenizerFolder
{
    /// <summary>Loads a tokenizer from its JSON.</summary>
    public static HfTokenizer Load(JsonObject tokenizer, JsonObject? configuration = null)
    {
        using var folder = new TestFolder();
        File.WriteAllText(folder.Combine("tokenizer.json"), tokenizer.ToJsonString());
        if (configuration is not null)
        {
            File.WriteAllText(folder.Combine("tokenizer_config.json"), configuration.ToJsonString());
        }

        return HfTokenizer.Load(folder.Path);
    }

    /// <summary>A part of bert-base-uncased: the ids are the model's own.</summary>
    public static JsonObject Bert() => new()
    {
        ["added_tokens"] = Added(("[PAD]", 0), ("[UNK]", 100), ("[CLS]", 101), ("[SEP]", 102), ("[MASK]", 103)),
        ["normalizer"] = Parse("""{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true}"""),
        ["pre_tokenizer"] = Parse("""{"type":"BertPreTokenizer"}"""),
        ["post_processor"] = Parse("""
            {"type":"TemplateProcessing",
             "single":[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"[SEP]","type_id":0}}],
             "pair":[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"[SEP]","type_id":0}},
                     {"Sequence":{"id":"B","type_id":1}},{"SpecialToken":{"id":"[SEP]","type_id":1}}],
             "special_tokens":{"[CLS]":{"id":"[CLS]","ids":[101],"tokens":["[CLS]"]},"[SEP]":{"id":"[SEP]","ids":[102],"tokens":["[SEP]"]}}}
            """),
        ["decoder"] = Parse("""{"type":"WordPiece","prefix":"##","cleanup":true}"""),
        ["model"] = new JsonObject
        {
            ["type"] = "WordPiece",
            ["unk_token"] = "[UNK]",
            ["continuing_subword_prefix"] = "##",
            ["max_input_chars_per_word"] = 100,
            ["vocab"] = Parse("""
                {"[PAD]":0,"[UNK]":100,"[CLS]":101,"[SEP]":102,"[MASK]":103,"!":999,"'":1005,",":1010,".":1012,"?":1029,"[":1031,"]":1033,"a":1037,"s":1055,
                 "un":4895,"hello":7592,"world":2088,"how":2129,"are":2024,"you":2017,"cafe":7668,"aff":21358,"token":19204,"sep":19802,"mask":7308,
                 "##aff":10354,"##able":3085,"##ization":3989,"##izer":17629,"中":1746,"文":1861}
                """),
        },
    };

    /// <summary>Byte-level BPE as GPT-2 has it, with ChatML's turn marks, which are special, and a tag and a word that are not.</summary>
    public static JsonObject ByteLevel()
    {
        var vocabulary = new JsonObject();
        foreach (var c in Alphabet().Concat(["he", "ll", "hell", "hello", "Ġhello", "Ġw", "or", "ld", "Ġwor", "Ġworld"]))
        {
            vocabulary[c] = vocabulary.Count;
        }

        var first = vocabulary.Count;
        var added = Added(("<|im_start|>", first), ("<|im_end|>", first + 1));
        added.Add((JsonNode)Token("<tool_call>", first + 2, special: false));
        added.Add((JsonNode)Token("covid", first + 3, special: false));
        return new()
        {
            ["added_tokens"] = added,
            ["normalizer"] = null,
            ["pre_tokenizer"] = Parse("""{"type":"ByteLevel","add_prefix_space":false,"use_regex":true}"""),
            ["post_processor"] = null,
            ["decoder"] = Parse("""{"type":"ByteLevel"}"""),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["vocab"] = vocabulary,
                ["merges"] = new JsonArray("h e", "l l", "he ll", "hell o", "Ġ hello", "Ġ w", "o r", "l d", "Ġw or", "Ġwor ld"),
            },
        };
    }

    /// <summary>SentencePiece's BPE as Llama 2 has it: spaces as ▁, one before the text, and bytes for characters that are missing.</summary>
    public static JsonObject Llama()
    {
        var vocabulary = new JsonObject { ["<unk>"] = 0, ["<s>"] = 1, ["</s>"] = 2 };
        for (var value = 0; value < 256; value++)
        {
            vocabulary[$"<0x{value:X2}>"] = vocabulary.Count;
        }

        foreach (var piece in "▁ h e l o ▁h he ll ▁he llo ▁hello \r \n ▁\r < s > /".Split(' '))
        {
            vocabulary[piece] = vocabulary.Count;
        }

        return new()
        {
            ["added_tokens"] = Added(("<unk>", 0), ("<s>", 1), ("</s>", 2)),
            ["normalizer"] = Parse("""{"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"▁"},{"type":"Replace","pattern":{"String":" "},"content":"▁"}]}"""),
            ["pre_tokenizer"] = null,
            ["post_processor"] = Parse("""
                {"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],
                 "pair":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":0}}],
                 "special_tokens":{"<s>":{"id":"<s>","ids":[1],"tokens":["<s>"]}}}
                """),
            ["decoder"] = Parse("""
                {"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},{"type":"ByteFallback"},{"type":"Fuse"},
                 {"type":"Strip","content":" ","start":1,"stop":0}]}
                """),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["unk_token"] = "<unk>",
                ["byte_fallback"] = true,
                ["fuse_unk"] = true,
                ["vocab"] = vocabulary,
                ["merges"] = new JsonArray("▁ h", "h e", "l l", "▁ he", "▁h e", "ll o", "▁he llo", "▁ \r"),
            },
        };
    }

    /// <summary>SentencePiece's Unigram as T5 and XLM-RoBERTa have it; its special tokens stand in the vocabulary with the best score.</summary>
    public static JsonObject Unigram() => new()
    {
        ["added_tokens"] = Added(("<pad>", 0), ("</s>", 1), ("<unk>", 2)),
        ["normalizer"] = null,
        ["pre_tokenizer"] = Parse("""{"type":"Metaspace","replacement":"▁","add_prefix_space":true}"""),
        ["post_processor"] = Parse("""
            {"type":"TemplateProcessing","single":[{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"</s>","type_id":0}}],
             "pair":[{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"</s>","type_id":0}},{"Sequence":{"id":"B","type_id":0}},{"SpecialToken":{"id":"</s>","type_id":0}}],
             "special_tokens":{"</s>":{"id":"</s>","ids":[1],"tokens":["</s>"]}}}
            """),
        ["decoder"] = Parse("""{"type":"Metaspace","replacement":"▁","add_prefix_space":true}"""),
        ["model"] = new JsonObject
        {
            ["type"] = "Unigram",
            ["unk_id"] = 2,
            ["vocab"] = Parse("""
                [["<pad>",0],["</s>",0],["<unk>",0],["▁",-2],["▁hello",-4],["▁world",-5],["hell",-6],["o",-3],["s",-3],["<",-4],["/",-4],[">",-4],["▁wor",-6],["ld",-6],["p",-5],["a",-5],["d",-5]]
                """),
        },
    };

    private static IEnumerable<string> Alphabet()
    {
        var next = 256;
        for (var value = 0; value < 256; value++)
        {
            yield return ((char)(value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE ? value : next++)).ToString();
        }
    }

    private static JsonArray Added(params (string Text, int Id)[] tokens) => [.. tokens.Select(token => Token(token.Text, token.Id, special: true))];

    private static JsonObject Token(string text, int id, bool special) => new()
    {
        ["id"] = id,
        ["content"] = text,
        ["single_word"] = false,
        ["lstrip"] = false,
        ["rstrip"] = false,
        ["normalized"] = false,
        ["special"] = special,
    };

    private static JsonNode Parse(string json) => JsonNode.Parse(json)!;
}
