using System.Text.RegularExpressions;

namespace Hybrid.Models.Tokenization;

/// <summary>Splits a text into the pieces that no token crosses, by GPT-2's rule: a word takes the space before it along.</summary>
public static partial class PreTokenizer
{
    public static IEnumerable<string> Split(string text) => Piece().Matches(text).Select(match => match.Value);

    [GeneratedRegex(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")]
    private static partial Regex Piece();
}
