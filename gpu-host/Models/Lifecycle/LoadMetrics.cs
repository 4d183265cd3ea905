using System.Diagnostics.Metrics;
using Hybrid.GpuHost.Telemetry;

namespace Hybrid.GpuHost.Models.Lifecycle;

/// <summary>How loads of versions went, and how long they took.</summary>
internal sealed class LoadMetrics(HostTelemetry telemetry)
{
    public const string Loaded = "loaded";

    /// <summary>It may pass, and is tried again.</summary>
    public const string Retried = "retried";

    /// <summary>It is not tried again before its manifest changes.</summary>
    public const string Failed = "failed";

    private static readonly InstrumentAdvice<double> Advice = new() { HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 60, 150, 300, 900] };

    private readonly Histogram<double> _duration = telemetry.Meter.CreateHistogram(
        "hybrid.host.model.load.duration", "s", "From the decision to load a version until it serves, or has failed.", tags: null, Advice);

    public void Ended(ModelId id, string outcome, TimeSpan took) =>
        _duration.Record(took.TotalSeconds, new("model", id.Name), new("outcome", outcome));
}
