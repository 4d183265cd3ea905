using System.Globalization;
using System.Text;
using Hybrid.Contracts.Tasks;

namespace Hybrid.GpuHost.Prompting;

/// <summary>
/// Documents for a model whose template has no place for them, which is most of them: they stand before the text of the last user
/// message, numbered, and would otherwise be left out without a word.
/// </summary>
internal static class ContextMessage
{
    public static IReadOnlyList<ChatMessage> Merge(IReadOnlyList<ChatMessage> messages, IReadOnlyList<ContextDocument> documents)
    {
        var last = messages.ToList().FindLastIndex(message => message.Role == "user");
        last = last < 0 ? messages.Count - 1 : last;
        return [.. messages.Select((message, i) => i == last ? message with { Content = Text(documents) + message.Content } : message)];
    }

    private static string Text(IReadOnlyList<ContextDocument> documents)
    {
        var text = new StringBuilder("Answer from these passages.\n\n");
        for (var i = 0; i < documents.Count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"[{i + 1}] {documents[i].Title}\n{documents[i].Text}\n\n");
        }

        return text.ToString();
    }
}
