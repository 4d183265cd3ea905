using Hybrid.Orchestrations.Retrieval;

namespace Hybrid.Orchestrations.Tests.Retrieval;

/// <summary>Vectors and documents for tests.</summary>
internal static class Vectors
{
    public static float[] Unit(Random dice, int dimensions)
    {
        var vector = new float[dimensions];
        for (var i = 0; i < dimensions; i++)
        {
            vector[i] = (float)(dice.NextDouble() - 0.5) + 1e-6f;
        }

        var norm = MathF.Sqrt(ScalarDot(vector, vector));
        return Array.ConvertAll(vector, value => value / norm);
    }

    /// <summary>The reference: one product after the other.</summary>
    public static float ScalarDot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
        {
            sum += (double)a[i] * b[i];
        }

        return (float)sum;
    }

    public static IndexedDocument Document(string id, string? text = null) =>
        new(id, $"Title of {id}", text ?? $"text of {id}", new Dictionary<string, string> { ["from"] = "tests" });

    public static List<IndexedRow> Rows(int count, int dimensions, int seed)
    {
        var dice = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i => new IndexedRow(Document($"d{i}"), Unit(dice, dimensions)))];
    }
}
