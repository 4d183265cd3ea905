using System.Collections.Frozen;
using System.Text;
using System.Text.Json;

namespace Hybrid.GpuHost.Tokenization.Decoding;

/// <summary>
/// Which bytes each token stands for: the vocabulary and the <c>decoder</c> section of a tokenizer.json. One token at a time, so that
/// text can be streamed; Hugging Face's decoders give the same text for the whole sequence.
/// </summary>
internal sealed class TokenPieces
{
    private readonly string?[] _texts;
    private readonly FrozenSet<int> _special;
    private readonly FrozenSet<int> _added;
    private readonly IReadOnlyList<PieceStep> _steps;

    public TokenPieces(string?[] texts, FrozenSet<int> special, FrozenSet<int> added, JsonElement decoder)
    {
        _texts = texts;
        _special = special;
        _added = added;
        _steps = PieceSteps.Read(decoder);
    }

    public bool IsSpecial(int id) => _special.Contains(id);

    /// <summary>The bytes of <paramref name="id"/> after <paramref name="previous"/> (null: it is the first).</summary>
    /// <remarks>A number that is no token of the vocabulary gives nothing: models pad their logits to round sizes.</remarks>
    public byte[] Bytes(int id, int? previous)
    {
        if (TextOf(id) is not { } text)
        {
            return [];
        }

        if (_added.Contains(id))
        {
            return Encoding.UTF8.GetBytes(text);
        }

        var piece = new Piece(text, previous is { } p ? TextOf(p) : null);
        foreach (var step in _steps)
        {
            piece = step(piece);
        }

        return piece.Bytes ?? Encoding.UTF8.GetBytes(piece.Text);
    }

    private string? TextOf(int id) => (uint)id < (uint)_texts.Length ? _texts[id] : null;
}

/// <summary>A token on its way to bytes.</summary>
/// <param name="Text">Its text so far.</param>
/// <param name="Previous">The vocabulary's text of the token before it; null for the first.</param>
/// <param name="Bytes">Its bytes, once a step has made some.</param>
internal readonly record struct Piece(string Text, string? Previous, byte[]? Bytes = null);

/// <summary>One of a tokenizer.json's decoders, for a single token.</summary>
internal delegate Piece PieceStep(Piece piece);
