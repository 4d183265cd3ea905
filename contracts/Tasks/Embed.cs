namespace Hybrid.Contracts.Tasks;

/// <summary>Texts to vectors.</summary>
/// <param name="Model">Model name.</param>
/// <param name="Inputs">One entry per text, in order.</param>
/// <param name="Truncate">Cut what is over the model's length; when false such a text is an <see cref="Errors.ErrorCode.Unprocessable"/> error.</param>
public sealed partial record EmbedRequest(string Model, IReadOnlyList<EmbedInput> Inputs, bool Truncate = true);

/// <summary>A text, or the tokens of one that the client made itself. Exactly one of the two is set.</summary>
public readonly record struct EmbedInput(string? Text, IReadOnlyList<int>? Tokens)
{
    public static implicit operator EmbedInput(string text) => new(text, null);
}

/// <summary>The vectors of an <see cref="EmbedRequest"/>.</summary>
/// <param name="Model">Model name.</param>
/// <param name="Version">The version that answered.</param>
/// <param name="Dimensions">Length d of one vector.</param>
/// <param name="Vectors">Row-major [n, d], each row of L2 norm 1.</param>
/// <param name="TokenCount">Tokens read, all texts together.</param>
/// <param name="Timings">Where the time went.</param>
/// <param name="TokenCounts">Tokens of each text; null from a host of an older version, which tells the sum alone.</param>
public sealed partial record EmbedReply(
    string Model,
    int Version,
    int Dimensions,
    ReadOnlyMemory<float> Vectors,
    int TokenCount,
    Timings Timings,
    IReadOnlyList<int>? TokenCounts = null)
{
    /// <summary>Number n of vectors.</summary>
    public int Count => Dimensions == 0 ? 0 : Vectors.Length / Dimensions;

    /// <summary>The vector of input <paramref name="index"/>.</summary>
    public ReadOnlyMemory<float> Vector(int index) => Vectors.Slice(index * Dimensions, Dimensions);
}

/// <summary>
/// An <see cref="EmbedReply"/> that a host writes from where the batches left its rows, with no joined copy before the wire. The bytes are an
/// <see cref="EmbedReply"/>'s.
/// </summary>
/// <param name="Model">Model name.</param>
/// <param name="Version">The version that answered.</param>
/// <param name="Dimensions">Length d of one vector.</param>
/// <param name="Rows">The n vectors, each of d values; read only while it is written.</param>
/// <param name="TokenCount">Tokens read, all texts together.</param>
/// <param name="Timings">Where the time went.</param>
/// <param name="TokenCounts">Tokens of each text.</param>
public readonly partial record struct EmbedReplyRows(
    string Model,
    int Version,
    int Dimensions,
    ReadOnlyMemory<ReadOnlyMemory<float>> Rows,
    int TokenCount,
    Timings Timings,
    IReadOnlyList<int>? TokenCounts = null);
