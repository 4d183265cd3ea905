using Hybrid.Models.Words;

namespace Hybrid.Models.Tokenization;

/// <summary>
/// A WordPiece vocabulary as BERT's, for lower-case text: a word is cut into the longest entries that fit, the first one as it is and the
/// others with <see cref="Continuation"/> before them.
/// </summary>
/// <param name="Words">What it knows besides single characters and common endings.</param>
/// <param name="Fillers">BERT's [unused…], for a model with more tokens than are needed.</param>
public sealed record WordPieceVocabulary(IEnumerable<string> Words, int Fillers = 0)
{
    public const string Continuation = "##";
    public const string Padding = "[PAD]";
    public const string Unknown = "[UNK]";
    public const string Begin = "[CLS]";
    public const string Separator = "[SEP]";
    public const string Mask = "[MASK]";

    private const string Characters = "0123456789abcdefghijklmnopqrstuvwxyz";
    private static readonly string[] Endings = ["able", "al", "ed", "er", "es", "ing", "ion", "ity", "less", "ly", "ment", "ness"];
    private static readonly Lazy<WordPieceVocabulary> CorpusWords = new(FromCorpus);

    /// <summary>Tokens that no text is split into.</summary>
    public static IReadOnlyList<string> Specials { get; } = [Padding, Unknown, Begin, Separator, Mask];

    /// <summary>
    /// The words of the corpus, and their stems: where it has only closed and closes, close is clos and ##e, and still the same stem.
    /// </summary>
    public static WordPieceVocabulary OfCorpus => CorpusWords.Value;

    /// <summary>Every token's text; the index is its id.</summary>
    public IReadOnlyList<string> Entries { get; } =
    [
        .. Specials,
        .. Enumerable.Range(0, Fillers).Select(number => $"[unused{number}]"),
        .. Enumerable.Range('!', '~' - '!' + 1).Select(c => (char)c).Where(char.IsAscii).Where(c => !char.IsLetterOrDigit(c)).Select(c => c.ToString()),
        .. Characters.Select(c => c.ToString()),
        .. Characters.Select(c => Continuation + c),
        .. Endings.Select(ending => Continuation + ending),
        .. Words.Where(word => word.Length > 1).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
    ];

    public int Size => Entries.Count;

    /// <summary>The same with as many fillers as make it this large.</summary>
    public WordPieceVocabulary FilledUp(int size) => new(Words, Fillers + size - Size);

    private static WordPieceVocabulary FromCorpus()
    {
        var words = Corpus.Passages.SelectMany(passage => Word.InText(passage.Text).Concat(Word.InText(passage.Title))).ToHashSet(StringComparer.Ordinal);
        return new([.. words, .. words.Select(Word.Stem), .. FunctionWords.All]);
    }
}
