using System.Text.Json;
using System.Text.RegularExpressions;
using Hybrid.GpuHost.Tokenization.Decoding;

namespace Hybrid.GpuHost.Tokenization.PreTokenization;

/// <summary>One way to cut pieces of text further.</summary>
/// <param name="pieces">What earlier steps left.</param>
/// <param name="atStart">Whether the first piece begins the whole text.</param>
internal delegate IEnumerable<string> PreTokenizerStep(IEnumerable<string> pieces, bool atStart);

/// <summary>How a text is cut into words, inside which subwords are found: the <c>pre_tokenizer</c> section of a tokenizer.json.</summary>
internal static class PreTokenizer
{
    private const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    /// <exception cref="InvalidDataException">A pre-tokenizer that is not known, by its name.</exception>
    public static PreTokenizerStep Read(JsonElement section) => section.ValueKind != JsonValueKind.Object
        ? (pieces, _) => pieces
        : section.TypeName() switch
        {
            "Sequence" => Chain([.. section.GetProperty("pretokenizers").EnumerateArray().Select(Read)]),
            "ByteLevel" => ByteLevel(section.Flag("add_prefix_space", true), section.Flag("use_regex", true)),
            "BertPreTokenizer" => Chain([Each(@"\s+", SplitBehavior.Removed), Punctuation(SplitBehavior.Isolated)]),
            "Whitespace" => Each(@"\w+|[^\w\s]+", SplitBehavior.Removed, invert: true),
            "WhitespaceSplit" => Each(@"\s+", SplitBehavior.Removed),
            "Punctuation" => Punctuation(Behavior(section, "behavior", SplitBehavior.Isolated)),
            "Digits" => Each(section.Flag("individual_digits", false) ? @"\p{N}" : @"\p{N}+", SplitBehavior.Isolated),
            "CharDelimiterSplit" => Each(Regex.Escape(section.Text("delimiter", " ")), SplitBehavior.Removed),
            "Split" => Split(section),
            "Metaspace" => Metaspace(section),
            var name => throw new InvalidDataException($"tokenizer.json: the pre-tokenizer '{name}' is not supported."),
        };

    private static PreTokenizerStep Chain(PreTokenizerStep[] steps) =>
        (pieces, atStart) => steps.Aggregate(pieces, (current, step) => step(current, atStart));

    private static PreTokenizerStep Each(string expression, SplitBehavior behavior, bool invert = false)
    {
        var pattern = TokenizerPattern.Compile(expression);
        return (pieces, _) => pieces.SelectMany(piece => Splitting.Split(piece, pattern, behavior, invert));
    }

    private static PreTokenizerStep Split(JsonElement section)
    {
        var pattern = TokenizerPattern.Read(section.GetProperty("pattern"));
        var behavior = Behavior(section, "behavior", SplitBehavior.Removed);
        var invert = section.Flag("invert", false);
        return (pieces, _) => pieces.SelectMany(piece => Splitting.Split(piece, pattern, behavior, invert));
    }

    /// <summary>ASCII's punctuation and symbols, and Unicode's punctuation.</summary>
    private static PreTokenizerStep Punctuation(SplitBehavior behavior) => Each(@"[\p{P}$+<=>^`|~]", behavior);

    private static SplitBehavior Behavior(JsonElement section, string field, SplitBehavior otherwise) =>
        section.Text(field, otherwise.ToString()) is var name && Enum.TryParse<SplitBehavior>(name, out var behavior)
            ? behavior
            : throw new InvalidDataException($"tokenizer.json: the split behavior '{name}' is not supported.");

    private static PreTokenizerStep ByteLevel(bool addPrefixSpace, bool useRegex)
    {
        var pattern = TokenizerPattern.Compile(Gpt2);
        return (pieces, _) => pieces
            .Select(piece => addPrefixSpace && !piece.StartsWith(' ') ? " " + piece : piece)
            .SelectMany(piece => useRegex ? Splitting.Split(piece, pattern, SplitBehavior.Isolated, invert: false) : [piece])
            .Select(ByteLevelAlphabet.Encode);
    }

    private static PreTokenizerStep Metaspace(JsonElement section)
    {
        var mark = section.Text("replacement", "▁");
        var scheme = section.Text("prepend_scheme", section.Flag("add_prefix_space", true) ? "always" : "never");
        var pattern = TokenizerPattern.Compile(Regex.Escape(mark));
        var split = section.Flag("split", true);
        return (pieces, atStart) => pieces
            .Select((piece, index) => Prefixed(piece.Replace(" ", mark, StringComparison.Ordinal), scheme == "always" || (scheme == "first" && atStart && index == 0)))
            .SelectMany(piece => split ? Splitting.Split(piece, pattern, SplitBehavior.MergedWithNext, invert: false) : [piece]);

        string Prefixed(string piece, bool wanted) => wanted && !piece.StartsWith(mark, StringComparison.Ordinal) ? mark + piece : piece;
    }
}
