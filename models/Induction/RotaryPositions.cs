using Hybrid.Models.Randomness;
using Hybrid.Onnx;

namespace Hybrid.Models.Induction;

/// <summary>
/// Rotary positions (RoPE): the pair of dimensions i and i + 32 of a head is turned by position × frequency i, so that the product of a
/// turned query and a turned key knows only how far apart they are. Pairs 0 to 29 together tell distances, pair 30 is so slow that its
/// sine grows with the distance, and pair 31 does not turn at all: it is for what a token is, not where.
/// </summary>
public static class RotaryPositions
{
    public const int HeadSize = 64;
    public const int Pairs = HeadSize / 2;

    /// <summary>How many pairs tell distances.</summary>
    public const int DistancePairs = 30;

    public const int SlowPair = 30;
    public const int StillPair = 31;

    // Of 20,000 seeds the first whose frequencies tell all distances up to the longest context this well.
    private const ulong Seed = 301;

    /// <summary>
    /// The mean cosine over the distance pairs is 1 at distance 0, and at no other distance below the longest context above this.
    /// </summary>
    public const float LargestResemblance = 0.34f;

    /// <summary>Radians per position of the distance pairs.</summary>
    public static IReadOnlyList<float> Distances { get; } = MakeDistances();

    /// <summary>Radians per position of the slow pair: a quarter turn in the longest context.</summary>
    public static float Slow(int longestContext) => MathF.PI / 2 / longestContext;

    /// <summary>Adds to a row of weights the vector 1 in every distance pair, turned by <paramref name="distance"/> positions.</summary>
    public static void AddTurned(Projection projection, int from, int to, float distance, float weight)
    {
        for (var i = 0; i < DistancePairs; i++)
        {
            var (sin, cos) = MathF.SinCos(Distances[i] * distance);
            projection.Add(from, to + i, weight * cos).Add(from, to + Pairs + i, weight * sin);
        }
    }

    /// <summary>The cosines and sines of each head's frequencies at each position: [batch, heads, sequence, 32] each.</summary>
    /// <param name="graph">Where.</param>
    /// <param name="name">Of the table of frequencies.</param>
    /// <param name="positions">[batch, sequence]</param>
    /// <param name="frequencies">A row of 32 per head.</param>
    public static (Value Cos, Value Sin) Angles(this GraphBuilder graph, string name, Value positions, params float[][] frequencies)
    {
        var table = graph.Initializer(name, frequencies.SelectMany(row => row).ToArray(), 1, frequencies.Length, 1, Pairs);
        var angles = graph.Mul(graph.Unsqueeze(graph.Cast(positions, ElementType.Float), 1, 3), table);
        return (graph.Cos(angles), graph.Sin(angles));
    }

    /// <summary>Turns by the angles.</summary>
    public static Value Turn(this GraphBuilder graph, Value a, (Value Cos, Value Sin) angles)
    {
        var first = graph.Slice(a, 0, Pairs, axis: 3);
        var second = graph.Slice(a, Pairs, HeadSize, axis: 3);
        return graph.Concat(
            3,
            graph.Sub(graph.Mul(first, angles.Cos), graph.Mul(second, angles.Sin)),
            graph.Add(graph.Mul(second, angles.Cos), graph.Mul(first, angles.Sin)));
    }

    private static float[] MakeDistances()
    {
        var random = new SplitMix64(Seed);
        var frequencies = new float[DistancePairs];
        for (var i = 0; i < frequencies.Length; i++)
            frequencies[i] = MathF.PI * random.NextSingle();
        return frequencies;
    }
}
