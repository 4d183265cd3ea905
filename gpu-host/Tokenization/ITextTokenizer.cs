namespace Hybrid.GpuHost.Tokenization;

/// <summary>
/// Text to a model's tokens and back. Safe for use from many threads at once.
/// Text that is given as a plain <see cref="string"/> is data: it never becomes a special token, whatever it says.
/// </summary>
public interface ITextTokenizer : IDisposable
{
    /// <summary>Token ids are 0 to this, exclusive.</summary>
    int VocabularySize { get; }

    /// <summary>The control tokens that the model was trained with, e.g. <c>[SEP]</c> or <c>&lt;|im_end|&gt;</c>, by their text.</summary>
    IReadOnlyDictionary<string, int> SpecialTokens { get; }

    /// <summary>What fills up the shorter rows of a batch.</summary>
    int PadTokenId { get; }

    /// <summary>The tokens of a text alone: none is added, none is special.</summary>
    int[] Tokenize(string text);

    /// <summary>The tokens of a rendered prompt: special tokens are recognised where the template wrote them, and only there.</summary>
    /// <param name="prompt">The rendered prompt.</param>
    /// <param name="addSpecialTokens">Put around it what the tokenizer puts around a text; for prompts without a template of their own.</param>
    int[] Tokenize(MarkedText prompt, bool addSpecialTokens = false);

    /// <summary>One text as the model wants it, special tokens around it; what is over <paramref name="maxTokens"/> is cut from its end.</summary>
    EncodedText Encode(string text, int maxTokens = int.MaxValue);

    /// <summary>
    /// Each of <paramref name="seconds"/> as a pair with <paramref name="first"/>, in order; what is over
    /// <paramref name="maxTokens"/> is cut from the end of the second text.
    /// </summary>
    /// <exception cref="Contracts.Errors.HybridException">
    /// <see cref="Contracts.Errors.ErrorCode.Unprocessable"/>: the first text alone leaves no room.
    /// </exception>
    IReadOnlyList<EncodedText> EncodePairs(string first, IReadOnlyList<string> seconds, int maxTokens = int.MaxValue);

    /// <summary>The text of tokens; bytes that are no character become U+FFFD.</summary>
    string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = true);

    /// <summary>Reads tokens one at a time and gives text as soon as it is certain; for one sequence, not for many threads.</summary>
    Detokenizer CreateDetokenizer(bool skipSpecialTokens = true);
}
