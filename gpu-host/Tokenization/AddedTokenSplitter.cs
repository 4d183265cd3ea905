using System.Collections.Frozen;

namespace Hybrid.GpuHost.Tokenization;

/// <summary>Cuts a text at its added tokens; those that only a template may write are found in trusted characters alone.</summary>
internal sealed class AddedTokenSplitter
{
    private readonly FrozenDictionary<char, AddedToken[]> _byFirstChar;

    public AddedTokenSplitter(IReadOnlyList<AddedToken> tokens) =>
        // The longest wins, so that <|im_start|> is not read as a shorter token that it begins with.
        _byFirstChar = tokens
            .GroupBy(token => token.Text[0])
            .ToFrozenDictionary(group => group.Key, group => group.OrderByDescending(token => token.Text.Length).ToArray());

    /// <summary>The pieces in order: a stretch of text (<c>Token</c> null), or a token.</summary>
    public IEnumerable<(string Text, AddedToken? Token)> Split(MarkedText marked)
    {
        var text = marked.ToString();
        var start = 0;
        foreach (var (from, to, outside) in Stretches(marked))
        {
            for (var i = Math.Max(from, start); i < to; i++)
            {
                // A token of one origin only: a template's "<|" and a user's "end|>" are not a token together.
                if (Match(text, i, to, outside) is not { } token)
                {
                    continue;
                }

                var before = text[start..i];
                before = token.SwallowsLeft ? before.TrimEnd() : before;
                if (before.Length > 0)
                {
                    yield return (before, null);
                }

                yield return (token.Text, token);
                start = i + token.Text.Length;
                while (token.SwallowsRight && start < text.Length && char.IsWhiteSpace(text[start]))
                {
                    start++;
                }

                i = start - 1;
            }
        }

        if (start < text.Length)
        {
            yield return (text[start..], null);
        }
    }

    private static IEnumerable<(int From, int To, bool Outside)> Stretches(MarkedText marked)
    {
        var from = 0;
        foreach (var run in marked.Runs)
        {
            yield return (from, from + run.Text.Length, run.Outside);
            from += run.Text.Length;
        }
    }

    private AddedToken? Match(string text, int at, int end, bool outside)
    {
        if (!_byFirstChar.TryGetValue(text[at], out var candidates))
        {
            return null;
        }

        foreach (var token in candidates)
        {
            if (!(outside && token.TemplateOnly)
                && at + token.Text.Length <= end
                && string.CompareOrdinal(text, at, token.Text, 0, token.Text.Length) == 0
                && !(token.SingleWord && (IsWord(text, at - 1) || IsWord(text, at + token.Text.Length))))
            {
                return token;
            }
        }

        return null;
    }

    private static bool IsWord(string text, int at) =>
        at >= 0 && at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] == '_');
}
