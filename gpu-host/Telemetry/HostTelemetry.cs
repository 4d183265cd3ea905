using System.Diagnostics.Metrics;
using Hybrid.Telemetry;

namespace Hybrid.GpuHost.Telemetry;

/// <summary>
/// The meter of the host as a whole; each version of a model has one more (<see cref="ModelInstruments"/>). Exporters subscribe to them, and to
/// the spans (<see cref="HostSpans"/>), by <see cref="Name"/>.
/// Labels only ever hold names that the host itself knows, so outside input makes no series.
/// </summary>
public sealed class HostTelemetry
{
    public const string Name = "Hybrid.GpuHost";

    public HostTelemetry(IMeterFactory meters)
    {
        Models = new ModelMeters(meters);
        var meter = meters.Create(Name);
        Dropped = meter.CreateCounter<long>("hybrid.host.requests.dropped", "{request}", "Requests turned away before any work was done for them.");
        Active = meter.CreateUpDownCounter<long>("hybrid.host.requests.active", "{request}", "Requests admitted and not yet answered.");
        CanaryDecisions = meter.CreateCounter<long>("hybrid.host.canary.decisions", "{decision}", "Canaries that were promoted or rolled back by themselves.");
        PublishTime = meter.CreateHistogram(
            "hybrid.host.models.publish.duration", "s", "One exchange of what is served for another.", advice: PublishSeconds);
        Meter = meter;
    }

    public Meter Meter { get; }

    public Counter<long> Dropped { get; }

    public UpDownCounter<long> Active { get; }

    public Counter<long> CanaryDecisions { get; }

    /// <summary>What a request could notice of a new version: the store of the new snapshot. Load and snapshot are made before, while the old one serves.</summary>
    public Histogram<double> PublishTime { get; }

    internal ModelMeters Models { get; }

    // A store takes microseconds; past the last something else ran in between.
    private static readonly InstrumentAdvice<double> PublishSeconds = Buckets.Of(1e-6, 2e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 1e-3, 1e-2, 0.1, 1);
}
