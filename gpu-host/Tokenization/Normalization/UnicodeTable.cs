using System.Collections.Frozen;
using System.Globalization;

namespace Hybrid.GpuHost.Tokenization.Normalization;

/// <summary>Decompositions and combining classes of the Unicode Character Database, read once from <c>decompositions.txt</c>.</summary>
internal static class UnicodeTable
{
    private static readonly FrozenDictionary<int, Entry> Entries;
    private static readonly FrozenDictionary<(int First, int Second), int> Compositions;

    static UnicodeTable()
    {
        var entries = new Dictionary<int, Entry>();
        var compositions = new Dictionary<(int First, int Second), int>();
        using var reader = new StreamReader(typeof(UnicodeTable).Assembly.GetManifestResourceStream("decompositions.txt")!);
        while (reader.ReadLine() is { } line)
        {
            if (line[0] == '#')
            {
                continue;
            }

            var (code, entry, recomposes) = Parse(line);
            entries.Add(code, entry);
            if (recomposes)
            {
                compositions.Add((entry.Parts![0], entry.Parts[1]), code);
            }
        }

        Entries = entries.ToFrozenDictionary();
        Compositions = compositions.ToFrozenDictionary();
    }

    public static int CombiningClass(int code) => Entries.TryGetValue(code, out var entry) ? entry.CombiningClass : 0;

    /// <summary>One step of decomposition; null: the character stands for itself.</summary>
    public static int[]? Decomposition(int code, bool compatibility) =>
        Entries.TryGetValue(code, out var entry) && (compatibility || entry.Canonical) ? entry.Parts : null;

    public static int? Composition(int first, int second) => Compositions.TryGetValue((first, second), out var code) ? code : null;

    private static (int Code, Entry Entry, bool Recomposes) Parse(string line)
    {
        var kindAt = line.AsSpan().IndexOfAny("=!~");
        var kind = kindAt < 0 ? ' ' : line[kindAt];
        var head = (kindAt < 0 ? line : line[..kindAt]).Split(';');
        var parts = kindAt < 0 ? null : Array.ConvertAll(line[(kindAt + 1)..].Split(' '), Hexadecimal);
        var combining = head.Length > 1 ? byte.Parse(head[1], CultureInfo.InvariantCulture) : (byte)0;
        return (Hexadecimal(head[0]), new Entry(combining, kind != '~', parts), kind == '=');
    }

    private static int Hexadecimal(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private readonly record struct Entry(byte CombiningClass, bool Canonical, int[]? Parts);
}
