using System.Text.Json;
using Hybrid.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace Hybrid.GpuHost.Tokenization.Subwords;

/// <summary>
/// BERT's longest-match-first subwords by the operator WordpieceTokenizer. Each word goes as a row of its own: for a word that it
/// cannot finish the operator gives the subwords found so far and then the unknown token, where BERT has the unknown token alone.
/// </summary>
internal sealed class WordPieceModel : ISubwordModel
{
    private readonly ExtensionOperator _operator;
    private readonly Vocabulary _vocabulary;
    private readonly string _unknownText;
    private readonly int _unknown;
    private readonly int _longestWord;

    public WordPieceModel(JsonElement model, Vocabulary vocabulary)
    {
        _vocabulary = vocabulary;
        _unknownText = model.Text("unk_token", "[UNK]");
        _unknown = vocabulary.IdOf(_unknownText) ?? throw new InvalidDataException($"tokenizer.json: '{_unknownText}' is not in the vocabulary.");
        _longestWord = model.Number("max_input_chars_per_word", 100);
        var entries = JsonSerializer.Serialize(vocabulary.WithoutSpecial(), VocabularyJson.Default.IReadOnlyDictionaryStringInt32);
        _operator = new ExtensionOperator(graph =>
        {
            var words = graph.Input("words", ElementType.String, "words");
            var rows = graph.Input("rows", ElementType.Int64, "rows");
            var outputs = graph.Node(
                "WordpieceTokenizer", OnnxVersions.ExtensionsDomain, 4, [words, rows],
                NodeAttribute.String("vocab", entries),
                NodeAttribute.String("suffix_indicator", model.Text("continuing_subword_prefix", "##")),
                NodeAttribute.String("unknown_token", _unknownText),
                NodeAttribute.Int("max_input_chars_per_word", _longestWord));
            graph.Output("tokens", outputs[0], ElementType.String, "tokens");
            graph.Output("offsets", outputs[1], ElementType.Int64, "offsets");
        });
    }

    public void Tokenize(IReadOnlyList<string> words, List<int> ids)
    {
        if (words.Count == 0)
        {
            return;
        }

        using var noRows = OrtValue.CreateTensorValueFromMemory(Array.Empty<long>(), [0]);
        using var outputs = _operator.Run(words, noRows);
        var tokens = outputs[0].GetStringTensorAsArray();
        var offsets = outputs[1].GetTensorDataAsSpan<long>();
        for (var word = 0; word < words.Count; word++)
        {
            var (start, end) = ((int)offsets[word], (int)offsets[word + 1]);
            if (end > start && tokens[end - 1] == _unknownText)
            {
                ids.Add(_unknown);
                continue;
            }

            for (var i = start; i < end; i++)
            {
                ids.Add(_vocabulary.IdOf(tokens[i]) ?? _unknown);
            }
        }
    }

    public void Dispose() => _operator.Dispose();
}
