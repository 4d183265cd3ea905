using System.Globalization;

namespace Hybrid.Bench;

/// <summary>What a host tells of itself at <c>/metrics</c>.</summary>
internal static class HostMetrics
{
    /// <summary>A metric's value now, all its series together.</summary>
    /// <exception cref="InvalidOperationException">The host has no such metric.</exception>
    public static async Task<double> SumAsync(HttpClient http, Uri host, string metric, CancellationToken cancellationToken)
    {
        var text = await http.GetStringAsync(new Uri(host, "/metrics"), cancellationToken);
        double[] values =
        [
            .. text.Split('\n')
                .Where(line => line.StartsWith(metric + '{', StringComparison.Ordinal) || line.StartsWith(metric + ' ', StringComparison.Ordinal))
                .Select(line => ValueOf(line[(Math.Max(line.LastIndexOf('}'), metric.Length - 1) + 1)..])),
        ];
        return values.Length > 0 ? values.Sum() : throw new InvalidOperationException($"{host}metrics has no {metric}.");
    }

    /// <summary>How many of a histogram's values do not exceed each of its bounds, all such series together; in order of the bounds.</summary>
    /// <param name="http">The client.</param>
    /// <param name="host">The host.</param>
    /// <param name="histogram">Its name.</param>
    /// <param name="label">What its series must have, such as <c>step="store"</c>.</param>
    /// <param name="cancellationToken">Ends the asking.</param>
    /// <exception cref="InvalidOperationException">The host has no such histogram.</exception>
    public static async Task<IReadOnlyList<(double Bound, double Count)>> BucketsAsync(
        HttpClient http, Uri host, string histogram, string label, CancellationToken cancellationToken)
    {
        const string Bound = "le=\"";
        var text = await http.GetStringAsync(new Uri(host, "/metrics"), cancellationToken);
        (double Bound, double Count)[] buckets =
        [
            .. text.Split('\n')
                .Where(line => line.StartsWith(histogram + "_bucket{", StringComparison.Ordinal) && line.Contains(label, StringComparison.Ordinal))
                .GroupBy(line => BoundOf(line[(line.IndexOf(Bound, StringComparison.Ordinal) + Bound.Length)..].Split('"')[0]), line => ValueOf(line[(line.LastIndexOf('}') + 1)..]))
                .Select(bucket => (Bound: bucket.Key, Count: bucket.Sum()))
                .OrderBy(bucket => bucket.Bound),
        ];
        return buckets.Length > 0 ? buckets : throw new InvalidOperationException($"{host}metrics has no {histogram}.");
    }

    /// <summary>What this share of the values between two looks at a histogram does not exceed: the bound of the bucket in which that lies.</summary>
    public static double Percentile(IReadOnlyList<(double Bound, double Count)> before, IReadOnlyList<(double Bound, double Count)> after, double share)
    {
        var since = after.Zip(before, (now, then) => (now.Bound, Count: now.Count - then.Count)).ToList();
        return since.First(bucket => bucket.Count >= share * since[^1].Count).Bound;
    }

    private static double BoundOf(string text) => text == "+Inf" ? double.PositiveInfinity : double.Parse(text, CultureInfo.InvariantCulture);

    // A timestamp may follow.
    private static double ValueOf(string text) => double.Parse(text.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture);
}
