using System.Globalization;

namespace Hybrid.Bench.Soak;

/// <summary>What a host's process holds at one moment.</summary>
/// <param name="At">Since the load began.</param>
/// <param name="ResidentBytes">Resident memory, native and mapped too.</param>
/// <param name="HeapBytes">The managed heap after its last collection; all generations, large objects too.</param>
/// <param name="Handles">Open file descriptors.</param>
/// <param name="Threads">Of any kind.</param>
internal sealed record HostSample(TimeSpan At, double ResidentBytes, double HeapBytes, int Handles, int Threads)
{
    private const string HeapMetric = "dotnet_gc_last_collection_heap_size_bytes";

    public static async Task<HostSample> TakeAsync(TimeSpan at, int processId, HttpClient http, Uri host, CancellationToken cancellationToken)
    {
        var status = (await File.ReadAllLinesAsync($"/proc/{processId}/status", cancellationToken))
            .Select(line => line.Split(':', 2)).Where(parts => parts.Length == 2).ToDictionary(parts => parts[0], parts => parts[1]);
        return new HostSample(
            at,
            Number(status["VmRSS"]) * 1024,
            await HostMetrics.SumAsync(http, host, HeapMetric, cancellationToken),
            Directory.GetFileSystemEntries($"/proc/{processId}/fd").Length,
            (int)Number(status["Threads"]));
    }

    /// <summary>How much larger the last third is than the first, by their medians: 1 is flat. A slow leak shows, a single peak does not.</summary>
    public static double Growth(IReadOnlyList<HostSample> samples, Func<HostSample, double> value)
    {
        var third = Math.Max(1, samples.Count / 3);
        return Measure.Median(samples.TakeLast(third).Select(value)) / Math.Max(1, Measure.Median(samples.Take(third).Select(value)));
    }

    private static double Number(string text) =>
        double.Parse(text.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture);
}
