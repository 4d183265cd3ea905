using System.Text;

namespace Hybrid.GpuHost.Generation.Sequences;

/// <summary>Finds the first stop text in a text that comes in pieces, and holds back what might be the beginning of one.</summary>
internal sealed class StopTexts(IReadOnlyList<string> stops)
{
    private readonly StringBuilder _held = new();

    /// <summary>Whether a stop text was found: nothing more is to come.</summary>
    public bool Found { get; private set; }

    /// <summary>What of the text so far is certain and was not given yet.</summary>
    public string Append(string piece)
    {
        if (stops.Count == 0)
        {
            return piece;
        }

        var text = _held.Append(piece).ToString();
        var end = stops.Select(stop => text.IndexOf(stop, StringComparison.Ordinal)).Where(at => at >= 0).DefaultIfEmpty(-1).Min();
        Found = end >= 0;
        return Give(text, Found ? end : text.Length - stops.Max(stop => Beginning(text, stop)));
    }

    /// <summary>What was held back; call when the text has ended without a stop.</summary>
    public string Flush()
    {
        var rest = Found ? "" : _held.ToString();
        _held.Clear();
        return rest;
    }

    private string Give(string text, int length)
    {
        _held.Clear().Append(text, length, text.Length - length);
        return text[..length];
    }

    /// <summary>How many characters at the text's end could be the stop's beginning.</summary>
    private static int Beginning(string text, string stop)
    {
        var length = Math.Min(stop.Length - 1, text.Length);
        while (length > 0 && string.CompareOrdinal(text, text.Length - length, stop, 0, length) != 0)
        {
            length--;
        }

        return length;
    }
}
