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

    // A timestamp may follow.
    private static double ValueOf(string text) => double.Parse(text.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture);
}
