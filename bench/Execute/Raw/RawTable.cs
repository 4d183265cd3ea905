using System.Globalization;

namespace Hybrid.Bench.Execute.Raw;

/// <summary>A sweep for a reader: a row for each length and way, a column for each batch.</summary>
internal static class RawTable
{
    public static IEnumerable<string> Lines(IReadOnlyList<RawRate> rates)
    {
        int[] batches = [.. rates.Select(rate => rate.Configuration.Batch).Distinct().Order()];
        yield return Line("tokens, sessions × threads", batches.Select(batch => $"batch {batch}"));
        foreach (var way in rates.GroupBy(rate => (rate.Tokens, Way: rate.Configuration with { Batch = 1 })))
        {
            var byBatch = way.ToDictionary(rate => rate.Configuration.Batch, rate => rate.TextsPerSecond);
            var name = $"{way.Key.Tokens,4}, {way.Key.Way.Sessions} × {way.Key.Way.Threads}{(way.Key.Way.Spins ? " spinning" : "")}";
            yield return Line(name, batches.Select(batch => byBatch.TryGetValue(batch, out var rate) ? rate.ToString("0.0", CultureInfo.InvariantCulture) : ""));
        }
    }

    private static string Line(string name, IEnumerable<string> cells) => $"{name,-28}{string.Concat(cells.Select(cell => $"{cell,10}"))}";
}
