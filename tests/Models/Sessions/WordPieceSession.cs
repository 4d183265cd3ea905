using System.Text;
using System.Text.Json.Nodes;
using Hybrid.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace Hybrid.Models.Tests.Sessions;

/// <summary>A WordPiece tokenizer.json's vocabulary, run by the operator for BERT, which puts [CLS] and [SEP] around by itself.</summary>
public sealed class WordPieceSession : IDisposable
{
    private readonly InferenceSession _session;

    public WordPieceSession(string folder)
    {
        var tokenizer = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "tokenizer.json")))!;
        var vocabulary = tokenizer["model"]!["vocab"]!.AsObject().OrderBy(entry => (int)entry.Value!).Select(entry => entry.Key);
        var graph = new GraphBuilder("tokenizer");
        var text = graph.Input("text", ElementType.String, "texts");
        var outputs = graph.Node(
            "BertTokenizer",
            OnnxVersions.ExtensionsDomain,
            outputs: 3,
            [text],
            NodeAttribute.String("vocab_file", string.Join('\n', vocabulary)),
            NodeAttribute.Int("do_lower_case", 1),
            NodeAttribute.Int("strip_accents", 1));
        graph.Output("ids", outputs[0], ElementType.Int64, "tokens");
        graph.Output("types", outputs[1], ElementType.Int64, "tokens");

        using var options = new SessionOptions();
        options.RegisterOrtExtensions();
        _session = new InferenceSession(graph.Build().ToBytes(), options);
    }

    /// <summary>One text, or a pair, and to which of the two each token belongs.</summary>
    public (long[] Ids, long[] Types) Encode(params IReadOnlyList<string> texts)
    {
        using var input = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, [texts.Count]);
        for (var i = 0; i < texts.Count; i++)
            input.StringTensorSetElementAt(Encoding.UTF8.GetBytes(texts[i]), i);
        using var run = new RunOptions();
        using var results = _session.Run(run, ["text"], [input], ["ids", "types"]);
        return (results[0].GetTensorDataAsSpan<long>().ToArray(), results[1].GetTensorDataAsSpan<long>().ToArray());
    }

    public void Dispose() => _session.Dispose();
}
