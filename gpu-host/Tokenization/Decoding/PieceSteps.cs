using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Hybrid.GpuHost.Tokenization.Decoding;

/// <summary>The decoders of Hugging Face's <c>tokenizer.json</c>, each as a step on one token.</summary>
internal static class PieceSteps
{
    private static readonly FrozenDictionary<char, byte> ByteOfChar = ByteLevelAlphabet.Bytes;

    /// <summary>The steps of a <c>decoder</c> section; without one, tokens are words and a space stands between them.</summary>
    /// <exception cref="InvalidDataException">A decoder that is not known, by its name.</exception>
    public static IReadOnlyList<PieceStep> Read(JsonElement decoder)
    {
        if (decoder.ValueKind != JsonValueKind.Object)
        {
            return [piece => piece with { Text = piece.Previous is null ? piece.Text : " " + piece.Text }];
        }

        if (decoder.TypeName() != "Sequence")
        {
            return [Step(decoder, fused: false)];
        }

        var steps = new List<PieceStep>();
        var fused = false;
        foreach (var part in decoder.GetProperty("decoders").EnumerateArray())
        {
            fused |= part.TypeName() == "Fuse";
            steps.Add(Step(part, fused));
        }

        return steps;
    }

    private static PieceStep Step(JsonElement decoder, bool fused) => decoder.TypeName() switch
    {
        "ByteLevel" => FromByteLevel,
        "ByteFallback" => FromByteFallback,
        "Fuse" => piece => piece,
        "WordPiece" => WordPiece(decoder.Text("prefix", "##"), decoder.Flag("cleanup", true)),
        "Metaspace" => Metaspace(decoder.Text("replacement", "▁"), AddsPrefix(decoder)),
        "BPEDecoder" => EndOfWord(decoder.Text("suffix", "</w>")),
        "Replace" => Replace(decoder),
        "Strip" => Strip(decoder.Text("content", " ")[0], decoder.Number("start", 0), fused),
        var name => throw new InvalidDataException($"tokenizer.json: the decoder '{name}' is not supported."),
    };

    /// <summary>GPT-2's printable characters back to the bytes they stand for; a token with any other character is plain text.</summary>
    private static Piece FromByteLevel(Piece piece)
    {
        var bytes = new byte[piece.Text.Length];
        for (var i = 0; i < bytes.Length; i++)
        {
            if (!ByteOfChar.TryGetValue(piece.Text[i], out bytes[i]))
            {
                return piece;
            }
        }

        return piece with { Bytes = bytes };
    }

    /// <summary><c>&lt;0xE2&gt;</c> is one byte of a character that the vocabulary lacks.</summary>
    private static Piece FromByteFallback(Piece piece) =>
        piece.Text is ['<', '0', 'x', _, _, '>'] text
        && byte.TryParse(text.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            ? piece with { Bytes = [value] }
            : piece;

    private static PieceStep WordPiece(string prefix, bool cleanup) => piece =>
    {
        var text = piece.Previous is null ? piece.Text
            : piece.Text.StartsWith(prefix, StringComparison.Ordinal) ? piece.Text[prefix.Length..]
            : " " + piece.Text;
        return piece with { Text = cleanup ? WithoutSpaceBeforePunctuation(text) : text };
    };

    private static string WithoutSpaceBeforePunctuation(string text) => new StringBuilder(text)
        .Replace(" .", ".").Replace(" ?", "?").Replace(" !", "!").Replace(" ,", ",").Replace(" ' ", "'")
        .Replace(" n't", "n't").Replace(" 'm", "'m").Replace(" do not", " don't").Replace(" 's", "'s")
        .Replace(" 've", "'ve").Replace(" 're", "'re").ToString();

    private static PieceStep Metaspace(string replacement, bool addsPrefix) => piece =>
    {
        var text = piece.Text.Replace(replacement, " ", StringComparison.Ordinal);
        return piece with { Text = addsPrefix && piece.Previous is null && text.StartsWith(' ') ? text[1..] : text };
    };

    private static bool AddsPrefix(JsonElement decoder) =>
        decoder.Text("prepend_scheme", decoder.Flag("add_prefix_space", true) ? "always" : "never") != "never";

    /// <summary>The suffix says that a word ended: the space comes with the next token, so that the text never ends in one.</summary>
    private static PieceStep EndOfWord(string suffix) => piece => piece with
    {
        Text = (piece.Previous?.EndsWith(suffix, StringComparison.Ordinal) == true ? " " : "")
            + piece.Text.Replace(suffix, "", StringComparison.Ordinal),
    };

    private static PieceStep Replace(JsonElement decoder)
    {
        var content = decoder.Text("content", "");
        if (decoder.TryGetProperty("pattern", out var pattern) && pattern.TryGetProperty("String", out var literal))
        {
            var from = literal.GetString()!;
            return piece => piece with { Text = piece.Text.Replace(from, content, StringComparison.Ordinal) };
        }

        throw new InvalidDataException("tokenizer.json: a Replace decoder with a regular expression is not supported.");
    }

    /// <summary>Up to <paramref name="count"/> of a character from the front: of every token, or after Fuse of the whole text.</summary>
    private static PieceStep Strip(char content, int count, bool fused) => piece =>
    {
        if (fused && piece.Previous is not null)
        {
            return piece;
        }

        var start = 0;
        while (start < count && start < piece.Text.Length && piece.Text[start] == content)
        {
            start++;
        }

        return piece with { Text = piece.Text[start..] };
    };
}
