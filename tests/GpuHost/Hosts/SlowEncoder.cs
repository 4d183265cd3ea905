using System.Text.Json.Nodes;
using Hybrid.Contracts.Tasks;
using Hybrid.Models.Tokenization;
using Hybrid.Onnx;

namespace Hybrid.GpuHost.Tests.Hosts;

/// <summary>An embedding model that shares batches and takes as long as its longest text is: 400 products of two [tokens, tokens] matrices.</summary>
internal static class SlowEncoder
{
    public const string Name = "slow-encoder";

    /// <summary>A text of so many tokens takes minutes of one core: only an end from outside makes it short.</summary>
    public const int Endless = 1400;

    private const int MaxTokens = 2048;
    private static readonly WordPieceVocabulary Words = new(["a", "b"]);

    public static void WriteTo(TestFolder repository)
    {
        var folder = Directory.CreateDirectory(repository.Combine(Name, "1")).FullName;
        var graph = new GraphBuilder(Name);
        var ids = graph.Cast(graph.Input("input_ids", ElementType.Int64, "batch", "sequence"), ElementType.Float);
        var square = graph.MatMul(graph.Transpose(ids, 1, 0), ids);
        var x = square;
        for (var i = 0; i < 400; i++)
        {
            x = graph.MatMul(x, square);
        }

        // Ids are zeros below, so whatever was computed adds nothing; every text's answer is (1).
        var ones = graph.Add(graph.Mul(graph.MatMul(ids, x), graph.Constant(0f)), graph.Constant(1f));
        graph.Output("sentence_embedding", graph.ReduceMax(ones, axis: 1), ElementType.Float, "batch", 1);
        File.WriteAllBytes(Path.Combine(folder, "model.onnx"), graph.Build().ToBytes());
        Write("tokenizer.json", WordPieceFiles.TokenizerJson(Words.Entries));
        Write("tokenizer_config.json", WordPieceFiles.ConfigJson(MaxTokens));

        void Write(string file, JsonObject content) => File.WriteAllText(Path.Combine(folder, file), content.ToJsonString());
    }

    public static EmbedRequest Request(int tokens) => new(Name, [new EmbedInput(null, new int[tokens])]);
}
