namespace Hybrid.Models.Tokenization;

/// <summary>A byte-level BPE vocabulary: special tokens, the 256 bytes, then what the merges made, in that order of ids.</summary>
/// <param name="Specials">Tokens that no text is split into; a template writes them.</param>
/// <param name="Merges">Pairs of entries in <see cref="ByteAlphabet"/>'s characters, the most urgent first.</param>
/// <param name="Fillers">Words that no text is split into either, for a model with more tokens than are needed.</param>
public sealed record BytePairVocabulary(
    IReadOnlyList<string> Specials, IReadOnlyList<(string Left, string Right)> Merges, int Fillers = 0)
{
    private static readonly Lazy<IReadOnlyList<(string Left, string Right)>> CorpusMerges = new(
        () => BytePairTrainer.Train(Corpus.Passages
            .SelectMany(passage => PreTokenizer.Split(passage.Text))
            .CountBy(piece => piece)
            .ToDictionary(StringComparer.Ordinal)));

    /// <summary>Every token's text as the vocabulary has it; the index is its id.</summary>
    public IReadOnlyList<string> Entries { get; } =
    [
        .. Specials,
        .. ByteAlphabet.All.ToArray().Select(character => character.ToString()),
        // two merges may make the same entry: a + bc, ab + c
        .. Merges.Select(merge => merge.Left + merge.Right).Distinct(StringComparer.Ordinal),
        // a space, a letter and digits: a word and a number are never one piece
        .. Enumerable.Range(0, Fillers).Select(number => ByteAlphabet.Encode($" w{number}")),
    ];

    public int Size => Entries.Count;

    /// <summary>The vocabulary of the corpus, in which every word of it is one token.</summary>
    public static BytePairVocabulary OfCorpus(params IReadOnlyList<string> specials) => new(specials, CorpusMerges.Value);

    /// <summary>The same with as many fillers as make it this large.</summary>
    public BytePairVocabulary FilledUp(int size) => new(Specials, Merges, Fillers + size - Size);

    /// <summary>Whether a token is one of the <see cref="Specials"/>.</summary>
    public bool IsSpecial(int id) => id < Specials.Count;

    /// <summary>The id of a special token.</summary>
    public int Special(string token)
    {
        for (var id = 0; id < Specials.Count; id++)
        {
            if (Specials[id] == token)
                return id;
        }

        throw new ArgumentException($"'{token}' is not one of the special tokens {string.Join(", ", Specials)}.", nameof(token));
    }
}
