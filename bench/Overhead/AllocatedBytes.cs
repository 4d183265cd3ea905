using System.Globalization;

namespace Hybrid.Bench.Overhead;

/// <summary>What a host has allocated on its managed heap since it started, as its own metrics tell.</summary>
internal static class AllocatedBytes
{
    private const string Metric = "dotnet_gc_heap_total_allocated_bytes_total";

    public static async Task<double> OfAsync(Uri host, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var text = await http.GetStringAsync(new Uri(host, "/metrics"), cancellationToken);
        var line = text.Split('\n').FirstOrDefault(line => line.StartsWith(Metric, StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"{host}metrics has no {Metric}.");

        // The exposition ends a line with a timestamp where it has one.
        var value = line[(line.LastIndexOf('}') < 0 ? Metric.Length : line.LastIndexOf('}') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        return double.Parse(value, CultureInfo.InvariantCulture);
    }
}
