namespace Hybrid.Models.Tokenization;

/// <summary>
/// Learns byte-level BPE merges (Sennrich et al. 2016) until every given word is one token. A small corpus so becomes about one token a
/// word, and a word that it lacks still falls into known pieces. Ties go to the ordinal order of the pair: same words, same merges.
/// </summary>
public static class BytePairTrainer
{
    /// <param name="words">Pieces as <see cref="PreTokenizer"/> makes them, with how often each occurs.</param>
    public static IReadOnlyList<(string Left, string Right)> Train(IReadOnlyDictionary<string, int> words)
    {
        var pieces = words
            .OrderBy(word => word.Key, StringComparer.Ordinal)
            .Select(word => (Symbols: ByteAlphabet.Encode(word.Key).Select(c => c.ToString()).ToList(), Count: word.Value))
            .ToList();
        var merges = new List<(string Left, string Right)>();
        while (MostFrequent(pieces) is { } best)
        {
            merges.Add(best);
            foreach (var (symbols, _) in pieces)
                Merge(symbols, best);
            pieces.RemoveAll(piece => piece.Symbols.Count == 1);
        }

        return merges;
    }

    private static (string Left, string Right)? MostFrequent(List<(List<string> Symbols, int Count)> pieces)
    {
        var counts = new Dictionary<(string Left, string Right), int>();
        foreach (var (symbols, count) in pieces)
        {
            for (var i = 1; i < symbols.Count; i++)
                counts[(symbols[i - 1], symbols[i])] = counts.GetValueOrDefault((symbols[i - 1], symbols[i])) + count;
        }

        (string Left, string Right)? best = null;
        var most = 0;
        foreach (var (pair, count) in counts)
        {
            if (count > most || (count == most && IsBefore(pair, best!.Value)))
                (best, most) = (pair, count);
        }

        return best;
    }

    private static bool IsBefore((string Left, string Right) a, (string Left, string Right) b)
    {
        var left = string.CompareOrdinal(a.Left, b.Left);
        return left != 0 ? left < 0 : string.CompareOrdinal(a.Right, b.Right) < 0;
    }

    private static void Merge(List<string> symbols, (string Left, string Right) pair)
    {
        for (var i = 0; i + 1 < symbols.Count; i++)
        {
            if (symbols[i] != pair.Left || symbols[i + 1] != pair.Right)
                continue;
            symbols[i] = pair.Left + pair.Right;
            symbols.RemoveAt(i + 1);
        }
    }
}
