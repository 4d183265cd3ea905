using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Prompting.Jinja;

/// <summary>Python's text methods on text that keeps its marks.</summary>
internal static class TextOperations
{
    public static MarkedText Join(MarkedText separator, IEnumerable<MarkedText> parts)
    {
        var all = new List<MarkedText>();
        foreach (var part in parts)
        {
            if (all.Count > 0)
            {
                all.Add(separator);
            }

            all.Add(part);
        }

        return MarkedText.Concat(all);
    }

    /// <param name="text">The text.</param>
    /// <param name="characters">Which characters go; null: white space.</param>
    /// <param name="left">From the beginning.</param>
    /// <param name="right">From the end.</param>
    public static MarkedText Strip(this MarkedText text, string? characters = null, bool left = true, bool right = true)
    {
        var all = text.ToString();
        var (start, end) = (0, all.Length);
        while (left && start < end && Goes(all[start]))
        {
            start++;
        }

        while (right && end > start && Goes(all[end - 1]))
        {
            end--;
        }

        return text.Substring(start, end - start);

        bool Goes(char c) => characters?.Contains(c) ?? char.IsWhiteSpace(c);
    }

    public static MarkedText Replace(this MarkedText text, string from, string to, bool toIsOutside = false)
    {
        if (from.Length == 0 || !text.ToString().Contains(from, StringComparison.Ordinal))
        {
            return text;
        }

        return Join(MarkedText.Of(to, toIsOutside), text.Split(from, int.MaxValue));
    }

    /// <summary>The pieces between separators, at most <paramref name="most"/> cuts.</summary>
    public static IEnumerable<MarkedText> Split(this MarkedText text, string separator, int most)
    {
        var all = text.ToString();
        var start = 0;
        for (var cuts = 0; cuts < most; cuts++)
        {
            var at = all.IndexOf(separator, start, StringComparison.Ordinal);
            if (at < 0)
            {
                break;
            }

            yield return text.Substring(start, at - start);
            start = at + separator.Length;
        }

        yield return text.Substring(start, all.Length - start);
    }

    /// <summary>The words between white space.</summary>
    public static IEnumerable<MarkedText> Words(this MarkedText text)
    {
        var all = text.ToString();
        var start = -1;
        for (var i = 0; i <= all.Length; i++)
        {
            var blank = i == all.Length || char.IsWhiteSpace(all[i]);
            if (blank && start >= 0)
            {
                yield return text.Substring(start, i - start);
                start = -1;
            }
            else if (!blank && start < 0)
            {
                start = i;
            }
        }
    }

    /// <summary>The lines, without their ends; a last empty one does not count.</summary>
    public static IEnumerable<MarkedText> Lines(this MarkedText text)
    {
        var lines = text.Replace("\r\n", "\n").Split("\n", int.MaxValue).ToList();
        return lines[^1].Length == 0 ? lines.SkipLast(1) : lines;
    }

    /// <summary>Each stretch of one origin changed by itself.</summary>
    public static MarkedText Map(this MarkedText text, Func<string, string> change) =>
        MarkedText.Concat(text.Runs.Select(run => MarkedText.Of(change(run.Text), run.Outside)));

    public static MarkedText Repeat(this MarkedText text, long times) => MarkedText.Concat(Enumerable.Repeat(text, (int)Math.Clamp(times, 0, int.MaxValue)));

    public static MarkedText Capitalize(this MarkedText text) => MarkedText.Concat(
    [
        text.Substring(0, 1).Map(first => first.ToUpperInvariant()),
        text.Substring(1, text.Length).Map(rest => rest.ToLowerInvariant()),
    ]);

    /// <summary>Every word with a capital.</summary>
    public static MarkedText Title(this MarkedText text)
    {
        var all = text.ToString();
        return MarkedText.Concat(Enumerable.Range(0, all.Length).Select(i => text.Substring(i, 1).Map(
            c => i > 0 && char.IsLetter(all[i - 1]) ? c.ToLowerInvariant() : c.ToUpperInvariant())));
    }
}
