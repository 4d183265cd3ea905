using System.Text.Json;
using System.Text.RegularExpressions;

namespace Hybrid.GpuHost.Tokenization;

/// <summary>A <c>pattern</c> of a tokenizer.json: a literal text or a regular expression, for .NET's engine.</summary>
internal static partial class TokenizerPattern
{
    // The pattern is the model author's, the text is anyone's: an expression that backtracks without end must not hold a thread.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    public static Regex Read(JsonElement pattern) =>
        pattern.Field("String") is { ValueKind: JsonValueKind.String } literal ? Compile(Regex.Escape(literal.GetString()!))
        : pattern.Field("Regex") is { ValueKind: JsonValueKind.String } expression ? Compile(expression.GetString()!)
        : throw new InvalidDataException("tokenizer.json: a pattern has neither String nor Regex.");

    /// <exception cref="InvalidDataException">.NET's engine does not know a construct in it.</exception>
    public static Regex Compile(string expression)
    {
        try
        {
            return new Regex(Possessive().Replace(expression, "$1"), RegexOptions.CultureInvariant | RegexOptions.Compiled, Timeout);
        }
        catch (ArgumentException exception)
        {
            throw new InvalidDataException($"tokenizer.json: the regular expression {expression} is not supported: {exception.Message}", exception);
        }
    }

    /// <summary>x?+ and its like, which .NET lacks: in these patterns, whose alternatives begin with different classes, x? finds the same.</summary>
    [GeneratedRegex(@"(?<!\\)([?*+]|\{\d+(?:,\d*)?\})\+")]
    private static partial Regex Possessive();
}
