using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Hybrid.GpuHost.Tokenization.Normalization;

/// <summary>BERT's cleaning: no control characters, spaces around Chinese characters, and for uncased models no accents and no capitals.</summary>
internal static class BertNormalizer
{
    public static Func<string, string> Read(JsonElement normalizer)
    {
        var clean = normalizer.Flag("clean_text", true);
        var chinese = normalizer.Flag("handle_chinese_chars", true);
        var lowercase = normalizer.Flag("lowercase", true);
        // Without a word on accents, an uncased model drops them.
        var strip = normalizer.Flag("strip_accents", lowercase);
        return text =>
        {
            text = clean || chinese ? Clean(text, clean, chinese) : text;
            text = strip ? Normalizer.WithoutMarks(UnicodeNormalization.Decompose(text, compatibility: false)) : text;
            return lowercase ? text.ToLowerInvariant() : text;
        };
    }

    private static string Clean(string text, bool clean, bool chinese)
    {
        var result = new StringBuilder(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
        {
            if (clean && IsDropped(rune))
            {
                continue;
            }

            if (clean && Rune.IsWhiteSpace(rune))
            {
                result.Append(' ');
            }
            else if (chinese && IsChinese(rune.Value))
            {
                result.Append(' ').Append(rune.ToString()).Append(' ');
            }
            else
            {
                result.Append(rune.ToString());
            }
        }

        return result.ToString();
    }

    private static bool IsDropped(Rune rune) =>
        rune.Value is 0 or 0xFFFD
        || (rune.Value is not ('\t' or '\n' or '\r')
            && Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.Surrogate);

    /// <summary>The blocks that BERT counts as Chinese: each such character is a word.</summary>
    private static bool IsChinese(int code) => code is
        (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2B73F)
        or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);
}
