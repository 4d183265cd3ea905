using System.Globalization;
using Hybrid.Orchestrations.Retrieval;

namespace Hybrid.Bench.Retrieval;

/// <summary>The vector index against a plain loop that sorts all scores, which is what one writes first.</summary>
internal sealed class RetrievalBenchmark : IBenchmark
{
    private const int Documents = 20_000;
    private const int Dimensions = 384;
    private const int K = 20;
    private const int Rounds = 15;

    public string Name => "retrieval";

    public string Summary => $"SIMD search of {Documents} vectors of {Dimensions} against a scalar loop and a sort";

    public Task<IReadOnlyDictionary<string, double>> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var random = new Random(1);
        var rows = Enumerable.Range(0, Documents)
            .Select(i => new IndexedRow(new IndexedDocument($"{i}", "", "", new Dictionary<string, string>()), UnitVector(random)))
            .ToArray();
        var query = UnitVector(random);
        var index = VectorIndex.Empty("bench", Dimensions).Upsert(rows);

        string[] ours = [], plain = [];
        var (scalar, simd) = Measure.InTurn(
            Rounds,
            () => plain = PlainSearch(rows, query),
            () => ours = [.. index.Search(query, K).Select(hit => hit.Document.Id)]);
        if (!ours.SequenceEqual(plain))
        {
            throw new InvalidOperationException("The two searches found different documents.");
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"scalar loop and sort {scalar:0.00} ms, index {simd:0.00} ms, median of {Rounds} in turn"));
        return Task.FromResult<IReadOnlyDictionary<string, double>>(new Dictionary<string, double>
        {
            ["baseline_ms"] = scalar,
            ["ours_ms"] = simd,
            ["ratio"] = scalar / simd,
        });
    }

    private static string[] PlainSearch(IndexedRow[] rows, float[] query) =>
        [.. rows.Select(row => (row.Document.Id, Score: Dot(row.Vector.Span, query))).OrderByDescending(row => row.Score).Take(K).Select(row => row.Id)];

    private static float Dot(ReadOnlySpan<float> a, float[] b)
    {
        var sum = 0f;
        for (var i = 0; i < b.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }

    private static float[] UnitVector(Random random)
    {
        var vector = new float[Dimensions];
        for (var i = 0; i < Dimensions; i++)
        {
            vector[i] = (float)(random.NextDouble() - 0.5);
        }

        var norm = MathF.Sqrt(vector.Sum(value => value * value));
        return [.. vector.Select(value => value / norm)];
    }
}
