using System.Diagnostics.Metrics;
using Hybrid.GpuHost.Admission.Adaptive;
using Hybrid.GpuHost.Models;

namespace Hybrid.GpuHost.Telemetry;

/// <summary>What the limiters of the served models think, by model and version. Latencies are per unit of work.</summary>
internal static class LimiterMetrics
{
    public static void Register(Meter meter, Func<IEnumerable<LoadedModel>> served)
    {
        Gauge("state", null, "Whether latency keeps requests out: 0 no, 1 yes, 2 all but probes.", limiter => (int)limiter.State);
        Gauge("limit", "{request}", "Requests that may be in flight.", limiter => limiter.Limit);
        Gauge("in_flight", "{request}", "Requests that are in flight.", limiter => limiter.InFlight);
        Gauge("healthy.median", "s", "Median latency in healthy times.", limiter => limiter.HealthyMedian.TotalSeconds);
        Gauge("threshold", "s", "A 95th percentile over this is too long.", limiter => limiter.Threshold.TotalSeconds);
        Counter("opens", "{opening}", "How often latency began to keep requests out.", limiter => limiter.Opens);
        Counter("relearns", "{time}", "How often what was learned was given up because it did not fit any more.", limiter => limiter.Relearns);

        void Gauge<T>(string name, string? unit, string description, Func<LimiterSnapshot, T> valueOf)
            where T : struct => meter.CreateObservableGauge("hybrid.host.limiter." + name, () => Observe(valueOf), unit, description);

        void Counter(string name, string unit, string description, Func<LimiterSnapshot, long> valueOf) =>
            meter.CreateObservableCounter("hybrid.host.limiter." + name, () => Observe(valueOf), unit, description);

        IEnumerable<Measurement<T>> Observe<T>(Func<LimiterSnapshot, T> valueOf)
            where T : struct => served().Select(model => model.Metrics.Observe(valueOf(model.Admission.Snapshot)));
    }
}
