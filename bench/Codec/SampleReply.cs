namespace Hybrid.Bench.Codec;

/// <summary>32 vectors of 768, of norm 1, in rows that lie in different places as batches leave them.</summary>
internal static class SampleReply
{
    public const string Model = "bench-embed";
    public const int Version = 3;
    public const int Dimensions = 768;
    public const int Count = 32;

    public static readonly float[][] Vectors = [.. Enumerable.Range(0, Count).Select(Vector)];
    public static readonly int[] TokenCounts = [.. Enumerable.Range(0, Count).Select(i => 8 + i)];

    private static float[] Vector(int seed)
    {
        var random = new Random(seed);
        var values = Enumerable.Range(0, Dimensions).Select(_ => random.NextSingle() - 0.5f).ToArray();
        var norm = MathF.Sqrt(values.Sum(value => value * value));
        return Array.ConvertAll(values, value => value / norm);
    }
}
