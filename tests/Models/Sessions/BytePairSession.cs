using System.Text;
using Hybrid.Models.Tokenization;
using Hybrid.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace Hybrid.Models.Tests.Sessions;

/// <summary>A byte-level BPE tokenizer.json, run by the operator for it.</summary>
public sealed class BytePairSession : IDisposable
{
    private readonly InferenceSession _session;
    private readonly BytePairVocabulary _vocabulary;

    public BytePairSession(string folder, BytePairVocabulary vocabulary)
    {
        _vocabulary = vocabulary;
        var graph = new GraphBuilder("tokenizer");
        var text = graph.Input("text", ElementType.String, "batch");
        var ids = graph.Node(
            "HfJsonTokenizer",
            OnnxVersions.ExtensionsDomain,
            outputs: 1,
            [text],
            NodeAttribute.String("tokenizer_config", File.ReadAllText(Path.Combine(folder, TokenizerFiles.Config))),
            NodeAttribute.String("tokenizer_vocab", File.ReadAllText(Path.Combine(folder, TokenizerFiles.Tokenizer))))[0];
        graph.Output("ids", ids, ElementType.Int64, "batch", "tokens");

        using var options = new SessionOptions();
        options.RegisterOrtExtensions();
        _session = new InferenceSession(graph.Build().ToBytes(), options);
    }

    public long[] Encode(string text)
    {
        using var input = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, [1]);
        input.StringTensorSetElementAt(Encoding.UTF8.GetBytes(text), 0);
        using var run = new RunOptions();
        using var results = _session.Run(run, ["text"], [input], ["ids"]);
        return [.. results[0].GetTensorDataAsSpan<long>()];
    }

    /// <summary>The text, with special tokens as they are written.</summary>
    public string Decode(IEnumerable<long> ids)
    {
        var text = new StringBuilder();
        var pending = new StringBuilder();
        foreach (var id in ids)
        {
            if (!_vocabulary.IsSpecial((int)id))
            {
                pending.Append(_vocabulary.Entries[(int)id]);
                continue;
            }

            text.Append(ByteAlphabet.Decode(pending.ToString())).Append(_vocabulary.Entries[(int)id]);
            pending.Clear();
        }

        return text.Append(ByteAlphabet.Decode(pending.ToString())).ToString();
    }

    public void Dispose() => _session.Dispose();
}
