using Hybrid.Models.Words;

namespace Hybrid.Models.Tokenization;

/// <summary>The vocabulary of the demo models: the handbook's words a token each.</summary>
public static class CorpusVocabulary
{
    private static readonly Lazy<IReadOnlyList<(string Left, string Right)>> Merges = new(() => BytePairTrainer.Train(CountWords()));

    public static Vocabulary With(params IReadOnlyList<string> specials) => new(specials, Merges.Value);

    private static Dictionary<string, int> CountWords()
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var piece in Corpus.Passages.SelectMany(passage => PreTokenizer.Split(passage.Text).Concat(PreTokenizer.Split(passage.Title))))
        {
            Count(piece);
            // a word that only begins sentences here stands inside of one in somebody's question
            if (piece.Any(char.IsLetter))
                Count(" " + piece.Trim().ToLowerInvariant());
        }

        foreach (var word in FunctionWords.All)
        {
            Count(" " + word);
            Count(char.ToUpperInvariant(word[0]) + word[1..]);
        }

        return counts;

        void Count(string piece) => counts[piece] = counts.GetValueOrDefault(piece) + 1;
    }
}
