using Hybrid.Models.Tokenization;

namespace Hybrid.Models.Words;

/// <summary>How much a word says: its inverse document frequency over a corpus, next to nothing for a function word.</summary>
public sealed class WordWeights
{
    private const float FunctionWordWeight = 0.02f;

    // A fragment of an unknown word is a weak sign: alike endings do not make alike words.
    private const float FragmentWeight = 0.3f;

    private readonly Dictionary<string, int> _documents = new(StringComparer.Ordinal);
    private readonly HashSet<string> _words = new(StringComparer.Ordinal);
    private readonly int _count;

    /// <param name="texts">One text per document.</param>
    public WordWeights(IReadOnlyCollection<string> texts)
    {
        _count = texts.Count;
        foreach (var text in texts)
        {
            var words = PreTokenizer.Split(text).Select(piece => Word.Of(ByteAlphabet.Encode(piece))).ToHashSet(StringComparer.Ordinal);
            _words.UnionWith(words);
            foreach (var stem in words.Select(Word.Stem).Distinct(StringComparer.Ordinal))
                _documents[stem] = _documents.GetValueOrDefault(stem) + 1;
        }
    }

    /// <summary>From 0 (no word) to 1 (a word of one document only).</summary>
    public float Of(string word)
    {
        if (word.Length == 0)
            return 0;
        if (FunctionWords.All.Contains(word))
            return FunctionWordWeight;
        var documents = _documents.GetValueOrDefault(Word.Stem(word));
        return documents > 0 && (_words.Contains(word) || word.Length > 3)
            ? MathF.Log((_count + 1f) / documents) / MathF.Log(_count + 1f)
            : FragmentWeight;
    }
}
