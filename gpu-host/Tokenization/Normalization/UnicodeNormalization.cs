using System.Text;

namespace Hybrid.GpuHost.Tokenization.Normalization;

/// <summary>
/// NFD, NFC, NFKD and NFKC (Unicode Standard Annex #15). Our own, because .NET leaves text as it is where ICU is not installed, and
/// a model whose accents were not taken off as in its training gives other answers without a word.
/// </summary>
internal static class UnicodeNormalization
{
    // Hangul syllables are composed by arithmetic (Unicode, section 3.12).
    private const int HangulBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TailBase = 0x11A7;
    private const int Vowels = 21, Tails = 28, Syllables = 19 * Vowels * Tails;

    public static string Decompose(string text, bool compatibility) =>
        System.Text.Ascii.IsValid(text) ? text : ToText(Decomposed(text, compatibility));

    public static string Compose(string text, bool compatibility) =>
        System.Text.Ascii.IsValid(text) ? text : ToText(Composed(Decomposed(text, compatibility)));

    private static List<int> Decomposed(string text, bool compatibility)
    {
        var result = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            Decompose(rune.Value, compatibility, result);
        }

        OrderMarks(result);
        return result;
    }

    private static void Decompose(int code, bool compatibility, List<int> result)
    {
        if ((uint)(code - HangulBase) < Syllables)
        {
            var index = code - HangulBase;
            result.Add(LeadBase + (index / (Vowels * Tails)));
            result.Add(VowelBase + (index % (Vowels * Tails) / Tails));
            if (index % Tails is > 0 and var tail)
            {
                result.Add(TailBase + tail);
            }
        }
        else if (UnicodeTable.Decomposition(code, compatibility) is { } parts)
        {
            foreach (var part in parts)
            {
                Decompose(part, compatibility, result);
            }
        }
        else
        {
            result.Add(code);
        }
    }

    /// <summary>Marks on one base stand in the order of their classes; equal classes keep theirs.</summary>
    private static void OrderMarks(List<int> codes)
    {
        for (var start = 0; start < codes.Count; start++)
        {
            if (UnicodeTable.CombiningClass(codes[start]) == 0)
            {
                continue;
            }

            var end = start + 1;
            while (end < codes.Count && UnicodeTable.CombiningClass(codes[end]) != 0)
            {
                end++;
            }

            if (end - start > 1)
            {
                var ordered = codes.Skip(start).Take(end - start).OrderBy(UnicodeTable.CombiningClass).ToArray();
                for (var i = 0; i < ordered.Length; i++)
                {
                    codes[start + i] = ordered[i];
                }
            }

            start = end;
        }
    }

    private static List<int> Composed(List<int> codes)
    {
        var result = new List<int>(codes.Count);
        var starter = -1;
        var lastClass = -1;
        foreach (var code in codes)
        {
            var combining = UnicodeTable.CombiningClass(code);
            // Blocked: something between the base and this mark is of the same or a higher class.
            if (starter >= 0 && lastClass < combining && Pair(result[starter], code) is { } composed)
            {
                result[starter] = composed;
                continue;
            }

            if (combining == 0)
            {
                starter = result.Count;
                lastClass = -1;
            }
            else
            {
                lastClass = combining;
            }

            result.Add(code);
        }

        return result;
    }

    private static int? Pair(int first, int second)
    {
        if ((uint)(first - LeadBase) < 19 && (uint)(second - VowelBase) < Vowels)
        {
            return HangulBase + ((((first - LeadBase) * Vowels) + second - VowelBase) * Tails);
        }

        if ((uint)(first - HangulBase) < Syllables && (first - HangulBase) % Tails == 0 && (uint)(second - TailBase - 1) < Tails - 1)
        {
            return first + second - TailBase;
        }

        return UnicodeTable.Composition(first, second);
    }

    private static string ToText(List<int> codes)
    {
        var text = new StringBuilder(codes.Count);
        Span<char> utf16 = stackalloc char[2];
        foreach (var code in codes)
        {
            text.Append(utf16[..new Rune(code).EncodeToUtf16(utf16)]);
        }

        return text.ToString();
    }
}
