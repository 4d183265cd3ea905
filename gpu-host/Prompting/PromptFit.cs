using Hybrid.Contracts.Errors;
using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Prompting;

/// <summary>
/// Makes prompts fit the model. What does not fit are documents: the last ones, which are the least relevant, are left out until the
/// rest leaves room for an answer. Messages are never cut.
/// </summary>
/// <param name="tokenizer">The model's.</param>
/// <param name="maxTokens">The model's length, prompt and answer together.</param>
/// <param name="system">What the injector may add later, for which room is kept.</param>
internal sealed class PromptFit(ITextTokenizer tokenizer, int maxTokens, SystemMessage system)
{
    // No tokenizer makes tokens this long of ordinary text: what is over it need not be tokenized to know that it does not fit.
    private const int MostCharactersPerToken = 64;

    /// <param name="draft">Messages and all documents.</param>
    /// <param name="maxNewTokens">How long the answer may be; 0: as long as there is room.</param>
    /// <param name="cancellationToken">Checked between tries, and while the template runs.</param>
    /// <exception cref="HybridException"><see cref="ErrorCode.Unprocessable"/>: the messages alone leave no room for one token more.</exception>
    public FittedPrompt Fit(PromptDraft draft, int maxNewTokens, CancellationToken cancellationToken)
    {
        var documents = draft.Documents.Count;
        var all = Tokens(draft, cancellationToken);
        if (all is not null && Leaves(AnswerRoom(maxNewTokens), all, draft))
        {
            return new FittedPrompt(draft, all, 0);
        }

        // The most documents that fit, by halving: each try renders and tokenizes the whole prompt.
        FittedPrompt? best = null;
        var (low, high) = (0, documents - 1);
        while (low <= high)
        {
            var count = (low + high) / 2;
            var fewer = draft.WithDocuments(count);
            if (Tokens(fewer, cancellationToken) is { } tokens && Leaves(count == 0 ? 1 : AnswerRoom(maxNewTokens), tokens, fewer))
            {
                best = new FittedPrompt(fewer, tokens, documents - count);
                low = count + 1;
            }
            else
            {
                high = count - 1;
            }
        }

        // Without documents to leave out a long prompt may take the answer's room, but not all of it.
        return best ?? (documents == 0 && all is not null && Leaves(1, all, draft) ? new FittedPrompt(draft, all, 0) : throw TooLong());
    }

    /// <summary>The prompt again, with other words.</summary>
    /// <exception cref="HybridException"><see cref="ErrorCode.Unprocessable"/>: it leaves no room for one token more.</exception>
    public FittedPrompt Renew(FittedPrompt prompt, PromptDraft draft, CancellationToken cancellationToken) =>
        Tokens(draft, cancellationToken) is { } tokens && tokens.Length < maxTokens ? prompt with { Draft = draft, Tokens = tokens } : throw TooLong();

    /// <summary>Null: it is far too long.</summary>
    private int[]? Tokens(PromptDraft draft, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return draft.Characters > (long)maxTokens * MostCharactersPerToken ? null : draft.Tokens(tokenizer, cancellationToken);
    }

    private bool Leaves(int room, int[] tokens, PromptDraft draft) => tokens.Length + system.TokensIn(draft) <= maxTokens - room;

    /// <summary>What documents must leave free: the answer that was asked for, but at most half; a quarter where nothing was asked for.</summary>
    private int AnswerRoom(int maxNewTokens) => maxNewTokens > 0 ? Math.Min(maxNewTokens, maxTokens / 2) : maxTokens / 4;

    private HybridException TooLong() =>
        new(ErrorCode.Unprocessable, $"The messages alone leave no room in the model's {maxTokens} tokens.", "messages");
}
