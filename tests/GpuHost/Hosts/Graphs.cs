using System.Text.Json.Nodes;
using Hybrid.Onnx;

namespace Hybrid.GpuHost.Tests.Hosts;

/// <summary>Small models with one property each.</summary>
public static class Graphs
{
    public const int BertDimensions = 8;

    /// <summary>y = a + b over [n, 3] float32, and the label of each row as text: no tokens anywhere.</summary>
    public static void WriteSum(string repository, string name)
    {
        var graph = new GraphBuilder(name);
        var a = graph.Input("a", ElementType.Float, "n", 3);
        var b = graph.Input("b", ElementType.Float, "n", 3);
        var label = graph.Input("label", ElementType.String, "n");
        graph.Output("y", graph.Add(a, b), ElementType.Float, "n", 3);
        graph.Output("echo", label, ElementType.String, "n");
        Write(graph, Path.Combine(repository, name, "1"));
    }

    /// <summary>
    /// Multiplies x [n, n] with itself 400 times: n says how long it takes, in 400 steps between which a run can be stopped.
    /// </summary>
    public static void WriteSlow(string repository, string name)
    {
        var graph = new GraphBuilder(name);
        var x = graph.Input("x", ElementType.Float, "n", "n");
        var y = x;
        for (var i = 0; i < 400; i++)
        {
            y = graph.MatMul(y, x);
        }

        graph.Output("y", y, ElementType.Float, "n", "n");
        Write(graph, Path.Combine(repository, name, "1"));
    }

    /// <summary>
    /// An encoder as Optimum exports one for sentence-transformers: BERT's three inputs, the graph below <c>onnx/</c>, CLS pooling,
    /// a WordPiece tokenizer; no version folder and no manifest. Its vectors are token + 10 × type.
    /// </summary>
    public static void WriteBert(string folder)
    {
        string[] vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "hello", "world", "##s", "a"];
        var table = new float[vocabulary.Length * BertDimensions];
        for (var i = 0; i < table.Length; i++)
        {
            table[i] = ((i * 37) % 11) - 5;
        }

        var graph = new GraphBuilder("bert");
        var ids = graph.Input("input_ids", ElementType.Int64, "batch_size", "sequence_length");
        var mask = graph.Input("attention_mask", ElementType.Int64, "batch_size", "sequence_length");
        var types = graph.Input("token_type_ids", ElementType.Int64, "batch_size", "sequence_length");
        var words = graph.Gather(graph.Initializer("words", table, vocabulary.Length, BertDimensions), ids);
        var type = graph.Mul(graph.Unsqueeze(graph.Cast(types, ElementType.Float), -1), graph.Constant(10f));
        var real = graph.Unsqueeze(graph.Cast(mask, ElementType.Float), -1);
        graph.Output("last_hidden_state", graph.Mul(graph.Add(words, type), real), ElementType.Float, "batch_size", "sequence_length", BertDimensions);

        Write(graph, Path.Combine(folder, "onnx"));
        Write(folder, "config.json", new JsonObject { ["architectures"] = new JsonArray("BertModel"), ["hidden_size"] = BertDimensions, ["max_position_embeddings"] = 16 });
        Write(folder, "tokenizer_config.json", new JsonObject { ["tokenizer_class"] = "BertTokenizer", ["model_max_length"] = 1e30, ["do_lower_case"] = true, ["pad_token"] = "[PAD]" });
        Write(folder, "1_Pooling/config.json", new JsonObject { ["word_embedding_dimension"] = BertDimensions, ["pooling_mode_cls_token"] = true, ["pooling_mode_mean_tokens"] = false });
        Write(folder, "tokenizer.json", new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray([.. Enumerable.Range(0, 4).Select(id => Special(id, vocabulary[id]))]),
            ["normalizer"] = new JsonObject { ["type"] = "BertNormalizer", ["clean_text"] = true, ["handle_chinese_chars"] = true, ["strip_accents"] = null, ["lowercase"] = true },
            ["pre_tokenizer"] = new JsonObject { ["type"] = "BertPreTokenizer" },
            ["post_processor"] = new JsonObject
            {
                ["type"] = "TemplateProcessing",
                ["single"] = new JsonArray(SpecialPiece("[CLS]"), Sequence("A", 0), SpecialPiece("[SEP]")),
                ["pair"] = new JsonArray(SpecialPiece("[CLS]"), Sequence("A", 0), SpecialPiece("[SEP]"), Sequence("B", 1), SpecialPiece("[SEP]", 1)),
                ["special_tokens"] = new JsonObject { ["[CLS]"] = SpecialIds("[CLS]", 2), ["[SEP]"] = SpecialIds("[SEP]", 3) },
            },
            ["decoder"] = new JsonObject { ["type"] = "WordPiece", ["prefix"] = "##", ["cleanup"] = true },
            ["model"] = new JsonObject
            {
                ["type"] = "WordPiece",
                ["unk_token"] = "[UNK]",
                ["continuing_subword_prefix"] = "##",
                ["max_input_chars_per_word"] = 100,
                ["vocab"] = new JsonObject(vocabulary.Select((token, id) => KeyValuePair.Create(token, (JsonNode?)id))),
            },
        });
    }

    private static JsonObject Special(int id, string token) => new()
    {
        ["id"] = id, ["content"] = token, ["single_word"] = false, ["lstrip"] = false, ["rstrip"] = false, ["normalized"] = false, ["special"] = true,
    };

    private static JsonObject SpecialPiece(string token, int type = 0) =>
        new() { ["SpecialToken"] = new JsonObject { ["id"] = token, ["type_id"] = type } };

    private static JsonObject Sequence(string name, int type) => new() { ["Sequence"] = new JsonObject { ["id"] = name, ["type_id"] = type } };

    private static JsonObject SpecialIds(string token, int id) =>
        new() { ["id"] = token, ["ids"] = new JsonArray(id), ["tokens"] = new JsonArray(token) };

    private static void Write(GraphBuilder graph, string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, "model.onnx"), graph.Build().ToBytes());
    }

    private static void Write(string folder, string file, JsonObject content)
    {
        var path = Path.Combine(folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content.ToJsonString());
    }
}
