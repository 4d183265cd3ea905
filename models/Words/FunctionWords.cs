namespace Hybrid.Models.Words;

/// <summary>
/// Words that tell nothing about a topic. Rarity cannot find them all: a question's words (what, how) are rare in a handbook.
/// </summary>
public static class FunctionWords
{
    public static IReadOnlySet<string> All { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        "a", "about", "after", "again", "all", "also", "always", "am", "an", "and", "any", "are", "as", "at", "be", "because", "been",
        "before", "being", "both", "but", "by", "can", "could", "did", "do", "does", "done", "each", "every", "few", "first", "for", "from",
        "get", "gets", "give", "given", "gives", "go", "goes", "had", "has", "have", "he", "her", "here", "his", "how", "i", "if", "in",
        "into", "is", "it", "its", "itself", "just", "last", "less", "let", "like", "long", "made", "make", "makes", "many", "may", "me",
        "mean", "more", "most", "much", "must", "my", "need", "needs", "never", "no", "not", "nothing", "of", "off", "on", "once", "one",
        "only", "or", "other", "others", "our", "out", "over", "own", "put", "same", "see", "set", "shall", "she", "should", "so", "some",
        "still", "such", "take", "takes", "tell", "than", "that", "the", "their", "them", "then", "there", "these", "they", "this", "those",
        "through", "to", "too", "under", "until", "up", "upon", "us", "use", "used", "uses", "very", "was", "way", "we", "were", "what",
        "when", "where", "whether", "which", "while", "who", "why", "will", "with", "without", "would", "you", "your",
    };
}
