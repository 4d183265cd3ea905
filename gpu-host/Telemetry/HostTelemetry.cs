using System.Diagnostics.Metrics;

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
        Meters = meters;
        var meter = meters.Create(Name);
        Dropped = meter.CreateCounter<long>("hybrid.host.requests.dropped", "{request}", "Requests turned away before any work was done for them.");
        Active = meter.CreateUpDownCounter<long>("hybrid.host.requests.active", "{request}", "Requests admitted and not yet answered.");
        CanaryDecisions = meter.CreateCounter<long>("hybrid.host.canary.decisions", "{decision}", "Canaries that were promoted or rolled back by themselves.");
        Meter = meter;
    }

    public Meter Meter { get; }

    public Counter<long> Dropped { get; }

    public UpDownCounter<long> Active { get; }

    public Counter<long> CanaryDecisions { get; }

    /// <summary>Owns every meter.</summary>
    internal IMeterFactory Meters { get; }
}
