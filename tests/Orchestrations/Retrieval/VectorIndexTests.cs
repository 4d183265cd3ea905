using FsCheck;
using FsCheck.Fluent;
using Hybrid.Contracts.Errors;
using Hybrid.Orchestrations.Retrieval;

namespace Hybrid.Orchestrations.Tests.Retrieval;

public sealed class VectorIndexTests
{
    [Fact]
    public void Search_OfAnyIndex_IsWhatAScalarLoopFinds() =>
        Prop.ForAll(Arb.From(Searches()), search =>
        {
            var index = VectorIndex.Empty("m", search.Dimensions).Upsert(Vectors.Rows(search.Count, search.Dimensions, search.Seed));
            var query = Vectors.Unit(new Random(search.Seed + 1), search.Dimensions);

            var expected = Enumerable.Range(0, index.Count)
                .Select(row => (Row: row, Score: Vectors.ScalarDot(query, index.Vector(row))))
                .OrderByDescending(hit => hit.Score)
                .Take(search.K)
                .ToList();
            var found = index.Search(query, search.K);

            // Rows whose scores differ by rounding alone may change places.
            return found.Count == expected.Count
                && found.Zip(expected).All(pair => Math.Abs(pair.First.Score - pair.Second.Score) < 1e-5)
                && found.Zip(found.Skip(1)).All(pair => pair.First.Score >= pair.Second.Score)
                && found.Select(hit => hit.Document.Id).Distinct().Count() == found.Count;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Search_WithEqualScores_KeepsTheRowsOrder()
    {
        var same = Vectors.Unit(new Random(1), 8);
        var index = VectorIndex.Empty("m", 8).Upsert([.. Enumerable.Range(0, 9).Select(i => new IndexedRow(Vectors.Document($"d{i}"), same))]);

        Assert.Equal(["d0", "d1", "d2"], index.Search(same, 3).Select(hit => hit.Document.Id));
    }

    [Fact]
    public void Changes_InAnyOrder_AreThoseOfADictionary() =>
        Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue)), seed =>
        {
            var dice = new Random(seed);
            var index = VectorIndex.Empty("m", 3);
            var model = new Dictionary<string, (string Text, float[] Vector)>();
            for (var step = 0; step < 30; step++)
            {
                if (dice.Next(3) == 0)
                {
                    var id = $"d{dice.Next(12)}";
                    index = index.Remove(id);
                    model.Remove(id);
                    continue;
                }

                var rows = Enumerable.Range(0, dice.Next(1, 6)).Select(_ => Row(dice)).ToList();
                index = index.Upsert(rows);
                foreach (var row in rows)
                {
                    model[row.Document.Id] = (row.Document.Text, row.Vector.ToArray());
                }
            }

            return index.Count == model.Count
                && Enumerable.Range(0, index.Count).All(row =>
                    model[index.Documents[row].Id] is var (text, vector)
                    && index.Documents[row].Text == text
                    && index.Vector(row).SequenceEqual(vector)
                    && index.Find(index.Documents[row].Id) == index.Documents[row]);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Upsert_LeavesTheIndexItBeganFromAsItWas()
    {
        var before = VectorIndex.Empty("m", 4).Upsert(Vectors.Rows(3, 4, 7));
        var vector = before.Vector(0).ToArray();

        before.Upsert([new IndexedRow(Vectors.Document("d0", "other"), Vectors.Unit(new Random(9), 4))]);
        before.Remove("d1");

        Assert.Equal((3, "text of d0"), (before.Count, before.Documents[0].Text));
        Assert.Equal(vector, before.Vector(0).ToArray());
    }

    [Fact]
    public void Search_WithAVectorOfAnotherLength_IsAConflictThatNamesBoth()
    {
        var error = Assert.Throws<HybridException>(() => VectorIndex.Empty("model-a", 4).Search(new float[3], 1)).Error;

        Assert.Equal(ErrorCode.Conflict, error.Code);
        Assert.Contains("4 dimensions (model model-a), not of 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Search_OfAnEmptyIndex_FindsNothing() => Assert.Empty(VectorIndex.Empty("m", 4).Search(new float[4], 5));

    private static IndexedRow Row(Random dice) =>
        new(Vectors.Document($"d{dice.Next(12)}", $"text {dice.Next()}"), Vectors.Unit(dice, 3));

    private sealed record SearchCase(int Count, int Dimensions, int K, int Seed);

    private static Gen<SearchCase> Searches() =>
        from count in Gen.Choose(0, 200)
        from dimensions in Gen.Choose(1, 100)
        from k in Gen.Choose(1, 30)
        from seed in Gen.Choose(0, int.MaxValue - 1)
        select new SearchCase(count, dimensions, k, seed);
}
