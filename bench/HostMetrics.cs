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

    /// <summary>What this share of a histogram's values does not exceed, all its series together: the bound of the bucket in which that lies.</summary>
    /// <exception cref="InvalidOperationException">The host has no such histogram, or there is nothing in it.</exception>
    public static async Task<double> PercentileAsync(HttpClient http, Uri host, string histogram, double share, CancellationToken cancellationToken)
    {
        const string Bound = "le=\"";
        var text = await http.GetStringAsync(new Uri(host, "/metrics"), cancellationToken);
        var buckets = text.Split('\n')
            .Where(line => line.StartsWith(histogram + "_bucket{", StringComparison.Ordinal))
            .GroupBy(line => BoundOf(line[(line.IndexOf(Bound, StringComparison.Ordinal) + Bound.Length)..].Split('"')[0]), line => ValueOf(line[(line.LastIndexOf('}') + 1)..]))
            .Select(bucket => (Bound: bucket.Key, Count: bucket.Sum()))
            .OrderBy(bucket => bucket.Bound)
            .ToList();
        return buckets is [.., (_, > 0 and var all)]
            ? buckets.First(bucket => bucket.Count >= share * all).Bound
            : throw new InvalidOperationException($"{host}metrics has no {histogram}, or nothing in it.");
    }

    private static double BoundOf(string text) => text == "+Inf" ? double.PositiveInfinity : double.Parse(text, CultureInfo.InvariantCulture);

    // A timestamp may follow.
    private static double ValueOf(string text) => double.Parse(text.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture);
}
