using System.Text;

using Hybrid.GpuHost.Tokenization.Decoding;

namespace Hybrid.GpuHost.Tokenization;

/// <summary>
/// Turns the tokens of one sequence into text as they come. A character whose bytes are spread over several tokens is held back until
/// it is whole, so what was given out never changes.
/// </summary>
public sealed class Detokenizer
{
    private readonly TokenPieces _pieces;
    private readonly bool _skipSpecialTokens;
    private readonly Decoder _utf8 = Encoding.UTF8.GetDecoder();
    private int? _previous;

    internal Detokenizer(TokenPieces pieces, bool skipSpecialTokens)
    {
        _pieces = pieces;
        _skipSpecialTokens = skipSpecialTokens;
    }

    /// <summary>The text that this token makes certain; often empty inside a character.</summary>
    public string Append(int id)
    {
        if (_skipSpecialTokens && _pieces.IsSpecial(id))
        {
            return "";
        }

        var bytes = _pieces.Bytes(id, _previous);
        _previous = id;
        return Decode(bytes, flush: false);
    }

    /// <summary>What is left of an unfinished character, as U+FFFD; call once, after the last token.</summary>
    public string Flush() => Decode([], flush: true);

    private string Decode(ReadOnlySpan<byte> bytes, bool flush)
    {
        var chars = new char[_utf8.GetCharCount(bytes, flush)];
        var count = _utf8.GetChars(bytes, chars, flush);
        return new string(chars, 0, count);
    }
}
