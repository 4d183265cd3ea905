using System.Text.Json.Serialization;

namespace Hybrid.Contracts.Models;

/// <summary>
/// A request with the reply that this version has to give to it before it may serve. Both are files of the version, in the MessagePack of
/// <see cref="Tasks.InferRequest"/> and <see cref="Tasks.InferReply"/>.
/// </summary>
/// <param name="Request">Path of the request's file.</param>
/// <param name="Reply">Path of the reply's file.</param>
/// <param name="Tolerance">How far each number of an answer may be from the reply's, absolutely.</param>
public sealed record GoldenSample(
    [property: JsonPropertyName("request")] string Request,
    [property: JsonPropertyName("reply")] string Reply,
    [property: JsonPropertyName("tolerance")] double Tolerance = GoldenSample.DefaultTolerance)
{
    /// <summary>What other processors and other optimisations of the same graph differ by in 32-bit floats, with room to spare.</summary>
    public const double DefaultTolerance = 1e-3;
}
