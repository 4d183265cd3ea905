using Hybrid.GpuHost.Admission.Adaptive;

namespace Hybrid.LimiterSimulation.Subjects;

/// <summary>
/// A fixed threshold, in all else as careful as the shipped limiter: it judges the p95 of whole seconds (longer where fewer than five
/// requests come), and opens on the third bad one in a row.
/// </summary>
public sealed class StaticSubject(TimeProvider time) : BreakerSubject(probes: 6, time)
{
    /// <summary>Twice the p95 of calm traffic (lognormal σ 0.5 around 80 ms: 182 ms), as one would set it after a look at a good day.</summary>
    public static readonly TimeSpan FixedThreshold = TimeSpan.FromMilliseconds(364);

    private readonly LatencyHistogram _second = new();
    private TimeSpan _due = TimeSpan.FromSeconds(1);

    protected override TimeSpan Threshold => FixedThreshold;

    protected override void Seen(TimeSpan latency)
    {
    }

    protected override void Completed(TimeSpan latency)
    {
        _second.Record(latency);
        if (Now >= _due && _second.Count >= 5)
        {
            Breaker.Judge(_second.Quantile(0.95) > FixedThreshold, Now);
            _second.Clear();
            _due = Now + TimeSpan.FromSeconds(1);
        }
    }
}
