using System.Collections.Frozen;
using System.Text.Json;
using Hybrid.Onnx;

namespace Hybrid.GpuHost.Tokenization.Subwords;

/// <summary>
/// Byte-pair encoding by the operator HfJsonTokenizer. It is given words that are already cut as the tokenizer.json says, and only
/// merges: its own cutting knows a few regular expressions and one of them drops a space ("a (b" came back as "a(b").
/// </summary>
internal sealed class BpeModel : ISubwordModel
{
    // The operator's time grows with the square of a word's length, so that one long word could hold a thread for minutes.
    private const int LongestWord = 96;

    // The result is a matrix as wide as the longest word: 4096 words × 96 × 4 bytes of UTF-8 × 8 bytes are at most 12 MiB.
    private const int WordsPerRun = 4096;

    private readonly ExtensionOperator _operator;
    private readonly FrozenDictionary<string, int> _wholeWords;
    private readonly int? _unknown;

    public BpeModel(JsonElement model, Vocabulary vocabulary)
    {
        if (model.Text("continuing_subword_prefix", "") + model.Text("end_of_word_suffix", "") is { Length: > 0 } mark)
        {
            throw new InvalidDataException($"tokenizer.json: byte-pair encoding with word marks ('{mark}') is not supported.");
        }

        _unknown = vocabulary.IdOf(model.Text("unk_token", ""));
        _wholeWords = model.Flag("ignore_merges", false) ? vocabulary.WithoutSpecial() : FrozenDictionary<string, int>.Empty;
        _operator = new ExtensionOperator(graph =>
        {
            var texts = graph.Input("texts", ElementType.String, "words");
            var outputs = graph.Node(
                "HfJsonTokenizer", OnnxVersions.ExtensionsDomain, 2, [texts],
                NodeAttribute.String("tokenizer_config", HfJson.BpeConfiguration),
                NodeAttribute.String("tokenizer_vocab", HfJson.Bpe(model)));
            graph.Output("ids", outputs[0], ElementType.Int64, "words", "length");
            graph.Output("mask", outputs[1], ElementType.Int64, "words", "length");
        });
    }

    public void Tokenize(IReadOnlyList<string> words, List<int> ids)
    {
        var batch = new List<string>();
        foreach (var word in words)
        {
            if (_wholeWords.TryGetValue(word, out var id))
            {
                Flush(batch, ids);
                ids.Add(id);
                continue;
            }

            foreach (var part in Parts(word))
            {
                batch.Add(part);
                if (batch.Count == WordsPerRun)
                {
                    Flush(batch, ids);
                }
            }
        }

        Flush(batch, ids);
    }

    public void Dispose() => _operator.Dispose();

    /// <summary>
    /// A text that no pre-tokenizer cut is cut before its spaces, which SentencePiece never merges onto a word's end; and anything at
    /// all where it is too long.
    /// </summary>
    private static IEnumerable<string> Parts(string word)
    {
        var start = 0;
        for (var i = 1; i < word.Length; i++)
        {
            if ((word[i] == '▁' && word[i - 1] != '▁') || (i - start >= LongestWord && !char.IsLowSurrogate(word[i])))
            {
                yield return word[start..i];
                start = i;
            }
        }

        yield return word[start..];
    }

    private void Flush(List<string> batch, List<int> ids)
    {
        if (batch.Count == 0)
        {
            return;
        }

        using var outputs = _operator.Run(batch);
        var tokens = outputs[0].GetTensorDataAsSpan<long>();
        var mask = outputs[1].GetTensorDataAsSpan<long>();
        var before = ids.Count;
        for (var i = 0; i < tokens.Length; i++)
        {
            if (mask[i] != 0)
            {
                Add(tokens[i], ids, before);
            }
        }

        batch.Clear();
    }

    /// <summary>The operator says 2^32-1 for each byte of a character that the vocabulary lacks: together they are one unknown token.</summary>
    private void Add(long token, List<int> ids, int before)
    {
        if (token < uint.MaxValue)
        {
            ids.Add((int)token);
        }
        else if (_unknown is { } unknown && (ids.Count == before || ids[^1] != unknown))
        {
            ids.Add(unknown);
        }
    }
}
