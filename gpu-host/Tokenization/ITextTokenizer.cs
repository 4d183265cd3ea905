namespace Hybrid.GpuHost.Tokenization;

/// <summary>Text to a model's tokens and back. Safe for concurrent use.</summary>
public interface ITextTokenizer : IDisposable
{
    /// <summary>The tokens of one text.</summary>
    /// <param name="text">Any text; the caller has refused an empty one where that is an error.</param>
    /// <param name="addSpecialTokens">Put the model's own begin, end or separator tokens around it.</param>
    TokenizedText Encode(string text, bool addSpecialTokens);

    /// <summary>The tokens of a query and a passage as the model was trained to read the two; the passage is cut when both are over <paramref name="maxTokens"/>.</summary>
    TokenizedPair EncodePair(string query, string passage, int maxTokens);

    /// <summary>The text of these tokens.</summary>
    string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens);
}

/// <summary>Tokens of one text.</summary>
public sealed record TokenizedText(int[] Ids);

/// <summary>Tokens of two texts in one sequence.</summary>
/// <param name="Ids">The sequence, special tokens among it.</param>
/// <param name="TypeIds">0 for the query's side, 1 for the passage's.</param>
/// <param name="Truncated">The passage did not fit whole.</param>
public sealed record TokenizedPair(int[] Ids, int[] TypeIds, bool Truncated);
