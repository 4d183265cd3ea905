using System.Text.RegularExpressions;

namespace Hybrid.GpuHost.Tokenization.PreTokenization;

/// <summary>What becomes of the delimiters at which a text is split (Hugging Face's names).</summary>
internal enum SplitBehavior
{
    Removed,
    Isolated,
    MergedWithPrevious,
    MergedWithNext,
    Contiguous,
}

internal static class Splitting
{
    /// <summary>
    /// Splits at what <paramref name="delimiter"/> finds; with <paramref name="invert"/> at what it does not find. No piece is empty.
    /// </summary>
    public static IEnumerable<string> Split(string text, Regex delimiter, SplitBehavior behavior, bool invert)
    {
        var pieces = new List<(string Text, bool Delimiter)>();
        var end = 0;
        for (var match = delimiter.Match(text); match.Success; match = match.NextMatch())
        {
            Add(text[end..match.Index], invert);
            Add(match.Value, !invert);
            end = match.Index + match.Length;
        }

        Add(text[end..], invert);
        return behavior switch
        {
            SplitBehavior.Removed => pieces.Where(piece => !piece.Delimiter).Select(piece => piece.Text),
            SplitBehavior.Isolated => pieces.Select(piece => piece.Text),
            SplitBehavior.MergedWithPrevious => Joined(pieces, (previous, piece) => piece.Delimiter && !previous.Delimiter),
            SplitBehavior.MergedWithNext => Joined(pieces, (previous, piece) => previous.Delimiter && !piece.Delimiter),
            _ => Joined(pieces, (previous, piece) => previous.Delimiter == piece.Delimiter),
        };

        void Add(string piece, bool isDelimiter)
        {
            if (piece.Length > 0)
            {
                pieces.Add((piece, isDelimiter));
            }
        }
    }

    private static IEnumerable<string> Joined(
        List<(string Text, bool Delimiter)> pieces, Func<(string Text, bool Delimiter), (string Text, bool Delimiter), bool> joins)
    {
        for (var i = 0; i < pieces.Count; i++)
        {
            var text = pieces[i].Text;
            while (i + 1 < pieces.Count && joins(pieces[i], pieces[i + 1]))
            {
                text += pieces[++i].Text;
            }

            yield return text;
        }
    }
}
