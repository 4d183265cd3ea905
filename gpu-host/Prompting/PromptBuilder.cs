using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Prompting;

/// <summary>
/// A conversation and its documents as the tokens of a prompt that fits the model. What does not fit are documents: the last ones, which
/// are the least relevant, are left out until the rest leaves room for an answer. Messages are never cut.
/// </summary>
public sealed class PromptBuilder(ChatTemplate template, ITextTokenizer tokenizer, int maxTokens)
{
    // No tokenizer makes tokens this long of ordinary text: what is over it need not be tokenized to know that it does not fit.
    private const int MostCharactersPerToken = 64;

    /// <summary>The prompt's tokens.</summary>
    /// <param name="request">Messages, documents, and how long the answer may be.</param>
    /// <param name="cancellationToken">Checked between tries.</param>
    /// <exception cref="HybridException"><see cref="ErrorCode.Unprocessable"/>: the messages alone leave no room for one token more.</exception>
    public int[] Build(GenerateRequest request, CancellationToken cancellationToken)
    {
        var documents = request.Documents;
        var all = Tokens(request.Messages, documents, cancellationToken);
        if (all?.Length <= maxTokens - AnswerRoom(request.MaxTokens))
        {
            return all;
        }

        // The most documents that fit, by halving: each try renders and tokenizes the whole prompt.
        int[]? best = null;
        var (low, high) = (0, documents.Count - 1);
        while (low <= high)
        {
            var count = (low + high) / 2;
            var room = count == 0 ? 1 : AnswerRoom(request.MaxTokens);
            if (Tokens(request.Messages, [.. documents.Take(count)], cancellationToken) is { } tokens && tokens.Length <= maxTokens - room)
            {
                best = tokens;
                low = count + 1;
            }
            else
            {
                high = count - 1;
            }
        }

        // Without documents to leave out a long prompt may take the answer's room, but not all of it.
        return best
            ?? (documents.Count == 0 && all?.Length < maxTokens
                ? all
                : throw new HybridException(ErrorCode.Unprocessable, $"The messages alone leave no room in the model's {maxTokens} tokens.", "messages"));
    }

    /// <summary>Null: it is far too long.</summary>
    private int[]? Tokens(IReadOnlyList<ChatMessage> messages, IReadOnlyList<ContextDocument> documents, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var characters = messages.Sum(message => (long)message.Content.Length) + documents.Sum(document => (long)document.Title.Length + document.Text.Length);
        return characters > (long)maxTokens * MostCharactersPerToken
            ? null
            : tokenizer.Tokenize(template.Render(messages, documents, cancellationToken), addSpecialTokens: !template.IsModels);
    }

    /// <summary>What documents must leave free: the answer that was asked for, but at most half; a quarter where nothing was asked for.</summary>
    private int AnswerRoom(int maxNewTokens) => maxNewTokens > 0 ? Math.Min(maxNewTokens, maxTokens / 2) : maxTokens / 4;
}
