namespace Hybrid.GpuHost.Admission.Adaptive;

/// <summary>
/// What is normal: the latencies of the last minute of healthy time. Evaluations that looked slow are never learned, so a slowdown
/// cannot become the measure of itself. Latencies are per unit of work. For one thread at a time.
/// </summary>
internal sealed class HealthyBaseline(AdaptiveLimiterOptions options)
{
    /// <summary>Fewest samples to judge by.</summary>
    private const int EnoughSamples = 30;

    /// <summary>Healthy time between two points of the p95's trend.</summary>
    private static readonly TimeSpan TrendInterval = TimeSpan.FromSeconds(5);

    private readonly HistogramRing _ring = new((int)(options.BaselineWindow / options.EvaluationInterval));
    private readonly Queue<double> _trend = new(3);
    private TimeSpan _sinceTrendPoint;

    /// <summary>Whether enough was seen to call anything slow.</summary>
    public bool IsKnown { get; private set; }

    public TimeSpan Median { get; private set; }

    public TimeSpan P95 { get; private set; }

    /// <summary>Work done per second.</summary>
    public double Throughput { get; private set; }

    /// <summary>A p95 over this is too long: max(floor, p95 × (1 + clamp(slope of the last three p95, −0.2, +0.5))).</summary>
    public TimeSpan Threshold { get; private set; }

    /// <summary>One request over this, for each unit of its work, is slow.</summary>
    public TimeSpan SlowLatency => IsKnown ? Max(options.LatencyFloor, options.SlowFactor * Median) : TimeSpan.MaxValue;

    /// <summary>How many in flight a server of one lane could answer within the floor.</summary>
    public double SafeConcurrency => IsKnown && Median > TimeSpan.Zero ? options.LatencyFloor / Median : 0;

    /// <summary>Takes in what was seen in one healthy evaluation.</summary>
    public void Learn(LatencyHistogram seen, TimeSpan duration, double work)
    {
        _ring.Add(seen, duration, work);
        IsKnown = _ring.Sum.Count >= EnoughSamples;
        Median = _ring.Sum.Quantile(0.5);
        P95 = _ring.Sum.Quantile(0.95);
        Throughput = _ring.Work / _ring.Duration.TotalSeconds;
        Follow(duration);
        Threshold = Max(options.LatencyFloor, P95 * (1 + Math.Clamp(Slope(), -0.2, 0.5)));
    }

    /// <summary>
    /// Target ÷ present median: the floor is for the p95, and half of it leaves room between the two. The p95 itself would not do: a slow
    /// dependency raises it, and no limit brings it down.
    /// </summary>
    public double Gradient(TimeSpan median) =>
        median > TimeSpan.Zero ? Max(options.LatencyFloor / 2, options.QueueFactor * Median) / median : double.MaxValue;

    public void Forget()
    {
        _ring.Clear();
        _trend.Clear();
        _sinceTrendPoint = TimeSpan.Zero;
        IsKnown = false;
        Median = P95 = Threshold = TimeSpan.Zero;
        Throughput = 0;
    }

    private void Follow(TimeSpan duration)
    {
        _sinceTrendPoint += duration;
        if (_sinceTrendPoint < TrendInterval)
        {
            return;
        }

        _sinceTrendPoint = TimeSpan.Zero;
        if (_trend.Count == 3)
        {
            _trend.Dequeue();
        }

        _trend.Enqueue(P95.TotalSeconds);
    }

    // Of the least-squares line through three equally spaced points, relative to their mean.
    private double Slope() => _trend.Count == 3 && _trend.Average() is > 0 and var mean ? (_trend.Last() - _trend.Peek()) / 2 / mean : 0;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
