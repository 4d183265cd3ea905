using System.Globalization;

namespace Hybrid.GpuHost.Execution.Numa;

/// <summary>Linux' form of a set of processors: <c>0-3,8,10-11</c>.</summary>
public static class CpuList
{
    // The kernel's own limit.
    private const int MostProcessors = 8192;

    /// <summary>The processors, ascending; empty when the text is empty, or no such list.</summary>
    public static IReadOnlyList<int> Parse(string text)
    {
        var processors = new SortedSet<int>();
        foreach (var part in text.Trim().Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var ends = part.Split('-');
            if (ends.Length > 2 || !TryParse(ends[0], out var first) || !TryParse(ends[^1], out var last))
            {
                return [];
            }

            for (var processor = first; processor <= last; processor++)
            {
                processors.Add(processor);
            }
        }

        return [.. processors];
    }

    private static bool TryParse(string text, out int processor) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out processor) && processor < MostProcessors;
}
