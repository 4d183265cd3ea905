using System.Globalization;
using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Prompting.Templates;

/// <summary>
/// Documents for a model whose template has no place for them, which is most of them: they stand before the text of the last user
/// message, numbered, and would otherwise be left out without a word.
/// </summary>
internal static class ContextMessage
{
    public static IReadOnlyList<PromptMessage> Merge(IReadOnlyList<PromptMessage> messages, IReadOnlyList<PromptDocument> documents)
    {
        var last = messages.ToList().FindLastIndex(message => message.Role == PromptMessage.User);
        last = last < 0 ? messages.Count - 1 : last;
        return [.. messages.Select((message, i) => i == last ? message with { Content = MarkedText.Concat([.. Text(documents), message.Content]) } : message)];
    }

    // Our own words carry the mark of the others: they belong to the message, and have no control token in them.
    private static IEnumerable<MarkedText> Text(IReadOnlyList<PromptDocument> documents)
    {
        yield return Ours("Answer from these passages.\n\n");
        for (var i = 0; i < documents.Count; i++)
        {
            yield return Ours(string.Create(CultureInfo.InvariantCulture, $"[{i + 1}] "));
            yield return documents[i].Title;
            yield return Ours("\n");
            yield return documents[i].Text;
            yield return Ours("\n\n");
        }
    }

    private static MarkedText Ours(string text) => MarkedText.Outside(text);
}
