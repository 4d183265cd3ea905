using System.Text.Json;
using Hybrid.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace Hybrid.GpuHost.Tokenization.Subwords;

/// <summary>
/// SentencePiece's Unigram model by the operator HfJsonTokenizer, which also does SentencePiece's own normalization and marks the
/// words with ▁; so it is given stretches of plain text, not words.
/// </summary>
internal sealed class UnigramModel : ISubwordModel
{
    // The operator copies the rest of its text for every character: time grows with the square of the length.
    private const int LongestStretch = 512;

    private readonly ExtensionOperator _operator;

    public UnigramModel(JsonElement model, JsonElement normalizer, IReadOnlySet<int> special) =>
        _operator = new ExtensionOperator(graph =>
        {
            var texts = graph.Input("texts", ElementType.String, "texts");
            var outputs = graph.Node(
                "HfJsonTokenizer", OnnxVersions.ExtensionsDomain, 1, [texts],
                NodeAttribute.String("tokenizer_config", HfJson.UnigramConfiguration),
                NodeAttribute.String("tokenizer_vocab", HfJson.Unigram(model, CharsMap(normalizer), special)));
            graph.Output("ids", outputs[0], ElementType.Int64, "length");
        });

    public void Tokenize(IReadOnlyList<string> words, List<int> ids)
    {
        foreach (var stretch in words.SelectMany(Stretches))
        {
            using var outputs = _operator.Run([stretch]);
            // Nothing is left of some texts, control characters alone for one: then there is no tensor either.
            if (outputs[0].OnnxType == OnnxValueType.ONNX_TYPE_TENSOR)
            {
                Add(outputs[0].GetTensorDataAsSpan<long>(), ids);
            }
        }
    }

    public void Dispose() => _operator.Dispose();

    /// <summary>Whether this pre-tokenizer does no more than the operator does itself.</summary>
    public static bool DoesItself(JsonElement preTokenizer) => preTokenizer.ValueKind != JsonValueKind.Object
        || preTokenizer.TypeName() is "Metaspace" or "WhitespaceSplit"
        || (preTokenizer.TypeName() == "Sequence" && preTokenizer.GetProperty("pretokenizers").EnumerateArray().All(DoesItself));

    private static void Add(ReadOnlySpan<long> tokens, List<int> ids)
    {
        foreach (var id in tokens)
        {
            ids.Add((int)id);
        }
    }

    /// <summary>Words are found one by one, so a cut before a space changes nothing; a single longer word is cut where it must be.</summary>
    private static IEnumerable<string> Stretches(string text)
    {
        var start = 0;
        while (text.Length - start > LongestStretch)
        {
            var space = text.LastIndexOf(' ', start + LongestStretch, LongestStretch);
            var end = space > start ? space : start + LongestStretch;
            end -= char.IsLowSurrogate(text[end]) ? 1 : 0;
            yield return text[start..end];
            start = end;
        }

        if (text.AsSpan(start).Trim().Length > 0)
        {
            yield return text[start..];
        }
    }

    private static string? CharsMap(JsonElement normalizer) => normalizer.TypeName() switch
    {
        "Precompiled" => normalizer.Text("precompiled_charsmap", ""),
        "Sequence" => normalizer.GetProperty("normalizers").EnumerateArray().Select(CharsMap).FirstOrDefault(map => map is not null),
        _ => null,
    };
}
