namespace Hybrid.Models.Words;

/// <summary>The words of a corpus: their stems, and how much each says by its inverse document frequency.</summary>
public sealed class Lexicon
{
    private const float FunctionWordWeight = 0.02f;

    // A piece of an unknown word is a weak sign, and a short one is none: alike endings do not make alike words.
    private const float FragmentWeight = 0.3f;
    private const int ShortFragment = 3;

    private readonly HashSet<string> _words = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _documentsOfStem = new(StringComparer.Ordinal);
    private readonly int _documents;

    /// <param name="documents">One text each.</param>
    public Lexicon(IReadOnlyCollection<string> documents)
    {
        _documents = documents.Count;
        foreach (var document in documents)
        {
            var words = Word.InText(document).ToHashSet(StringComparer.Ordinal);
            _words.UnionWith(words);
            foreach (var stem in words.Select(Word.Stem).Distinct(StringComparer.Ordinal))
                _documentsOfStem[stem] = _documentsOfStem.GetValueOrDefault(stem) + 1;
        }
    }

    /// <summary>
    /// A word's stem. The piece of a word that the corpus lacks may be a stem itself: of close it is clos, where the corpus has closed.
    /// </summary>
    public string Stem(string word) => !_words.Contains(word) && _documentsOfStem.ContainsKey(word) ? word : Word.Stem(word);

    /// <summary>From 0 (no word) to 1 (a word of one document only).</summary>
    public float Weight(string word)
    {
        if (FunctionWords.All.Contains(word))
            return FunctionWordWeight;
        if (word.Length <= 1 || (word.Length <= ShortFragment && !_words.Contains(word)))
            return 0;
        return _documentsOfStem.TryGetValue(Stem(word), out var documents)
            ? MathF.Log((_documents + 1f) / documents) / MathF.Log(_documents + 1f)
            : FragmentWeight;
    }
}
