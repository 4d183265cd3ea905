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

    private readonly Histogram<double> _publishTime;

    public HostTelemetry(IMeterFactory meters)
    {
        Models = new ModelMeters(meters);
        var meter = meters.Create(Name);
        Dropped = meter.CreateCounter<long>("hybrid.host.requests.dropped", "{request}", "Requests turned away before any work was done for them.");
        Active = meter.CreateUpDownCounter<long>("hybrid.host.requests.active", "{request}", "Requests admitted and not yet answered.");
        CanaryDecisions = meter.CreateCounter<long>("hybrid.host.canary.decisions", "{decision}", "Canaries that were promoted or rolled back by themselves.");
        _publishTime = meter.CreateHistogram(
            "hybrid.host.models.publish.duration", "s", "One exchange of what is served for another, by step: snapshot or store.", advice: PublishSeconds);
        Meter = meter;
    }

    public Meter Meter { get; }

    public Counter<long> Dropped { get; }

    public UpDownCounter<long> Active { get; }

    public Counter<long> CanaryDecisions { get; }

    internal ModelMeters Models { get; }

    /// <summary>A new version is served.</summary>
    /// <param name="snapshot">How long it took to make the new snapshot; the old one serves meanwhile.</param>
    /// <param name="store">How long it took to store it: all that a request could notice.</param>
    public void Published(TimeSpan snapshot, TimeSpan store)
    {
        _publishTime.Record(snapshot.TotalSeconds, new KeyValuePair<string, object?>("step", "snapshot"));
        _publishTime.Record(store.TotalSeconds, new KeyValuePair<string, object?>("step", "store"));
    }

    // A store takes microseconds; past the last something else ran in between.
    private static readonly InstrumentAdvice<double> PublishSeconds = Buckets.Of(1e-6, 2e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 1e-2, 0.1, 1);
}
