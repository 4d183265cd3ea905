using System.Diagnostics.Metrics;

namespace Hybrid.Telemetry;

/// <summary>The boundaries of histograms.</summary>
public static class Buckets
{
    /// <summary>Seconds, from a run of a tiny model to the longest synchronous answer.</summary>
    public static InstrumentAdvice<double> Seconds { get; } = Of<double>(.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60);

    public static InstrumentAdvice<T> Of<T>(params T[] boundaries)
        where T : struct => new() { HistogramBucketBoundaries = boundaries };
}
