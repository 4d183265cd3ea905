using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Hybrid.GpuHost.Tokenization.Normalization;

/// <summary>What is done to a text before it is cut into words: the <c>normalizer</c> section of a tokenizer.json.</summary>
internal static class Normalizer
{
    /// <exception cref="InvalidDataException">A normalizer that is not known, by its name.</exception>
    public static Func<string, string> Read(JsonElement normalizer) => normalizer.ValueKind != JsonValueKind.Object
        ? text => text
        : normalizer.TypeName() switch
        {
            "Sequence" => Chain([.. normalizer.GetProperty("normalizers").EnumerateArray().Select(Read)]),
            "NFC" => text => UnicodeNormalization.Compose(text, compatibility: false),
            "NFKC" => text => UnicodeNormalization.Compose(text, compatibility: true),
            "NFD" => text => UnicodeNormalization.Decompose(text, compatibility: false),
            "NFKD" => text => UnicodeNormalization.Decompose(text, compatibility: true),
            "Lowercase" => text => text.ToLowerInvariant(),
            "StripAccents" => WithoutMarks,
            "BertNormalizer" => BertNormalizer.Read(normalizer),
            "Prepend" => Prepend(normalizer.Text("prepend", "")),
            "Strip" => Strip(normalizer.Flag("strip_left", true), normalizer.Flag("strip_right", true)),
            "Replace" => Replace(normalizer),
            // The Unigram operator applies this one itself (UnigramModel).
            "Precompiled" => text => text,
            var name => throw new InvalidDataException($"tokenizer.json: the normalizer '{name}' is not supported."),
        };

    /// <summary>Without the marks that stand above, below or across letters.</summary>
    public static string WithoutMarks(string text)
    {
        if (Ascii.IsValid(text))
        {
            return text;
        }

        var kept = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) != UnicodeCategory.NonSpacingMark)
            {
                kept.Append(rune.ToString());
            }
        }

        return kept.ToString();
    }

    private static Func<string, string> Chain(Func<string, string>[] steps) =>
        text => steps.Aggregate(text, (current, step) => step(current));

    private static Func<string, string> Prepend(string prefix) => text => text.Length == 0 ? text : prefix + text;

    private static Func<string, string> Strip(bool left, bool right) => text => (left, right) switch
    {
        (true, true) => text.Trim(),
        (true, false) => text.TrimStart(),
        (false, true) => text.TrimEnd(),
        _ => text,
    };

    private static Func<string, string> Replace(JsonElement normalizer)
    {
        var content = normalizer.Text("content", "");
        var pattern = TokenizerPattern.Read(normalizer.GetProperty("pattern"));
        return text => pattern.Replace(text, _ => content);
    }
}
