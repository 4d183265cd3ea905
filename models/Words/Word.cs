using System.Text.RegularExpressions;

namespace Hybrid.Models.Words;

/// <summary>What is one word for matching: case and common endings do not count.</summary>
public static partial class Word
{
    /// <summary>The words of a text, in lower case: what stands between spaces and punctuation.</summary>
    public static IEnumerable<string> InText(string text) => LettersAndDigits().Matches(text.ToLowerInvariant()).Select(match => match.Value);

    /// <summary>The word without the commonest English endings: queue, queues and queued have one stem.</summary>
    public static string Stem(string word) => word switch
    {
        _ when Without(word, "ies", 2) is { } stem => stem + "i",
        _ when Without(word, "sses", 2) is { } stem => stem + "ss",
        _ when Without(word, "ing", 3) is { } stem => Base(stem),
        _ when Without(word, "ed", 3) is { } stem => Base(stem),
        _ when Without(word, "es", 3) is { } stem => Base(stem),
        _ when word.EndsWith("ss", StringComparison.Ordinal) || word.EndsWith("us", StringComparison.Ordinal) => word,
        _ when Without(word, "s", 3) is { } stem => Base(stem),
        _ => Base(word),
    };

    [GeneratedRegex(@"[\p{L}\p{N}]+")]
    private static partial Regex LettersAndDigits();

    private static string? Without(string word, string ending, int shortest) =>
        word.Length >= shortest + ending.Length && word.EndsWith(ending, StringComparison.Ordinal) ? word[..^ending.Length] : null;

    // stopp(ed) is stop, and cach(ing) is the stem of cache; y and i change places: retry, retries
    private static string Base(string stem) => stem switch
    {
        [.., var a, var b] when a == b && stem.Length > 3 && b is not ('l' or 's' or 'z') && char.IsAsciiLetter(b) => stem[..^1],
        [.., 'e'] when stem.Length > 3 => stem[..^1],
        [.., 'y'] when stem.Length > 3 => stem[..^1] + "i",
        _ => stem,
    };
}
