using System.ComponentModel.DataAnnotations;

namespace Hybrid.GpuHost.Admission.Adaptive;

/// <summary>How a limiter learns what is normal and when it steps in. Section <c>Admission:Adaptive</c>; the figures behind the defaults are in docs/limiter.md.</summary>
public sealed class AdaptiveLimiterOptions : IValidatableObject
{
    public const string Section = "Admission:Adaptive";

    /// <summary>How often latency is judged; longer where the healthy median is over half of it.</summary>
    /// <value>100 ms to 1 minute; default 1 second: three in a row must fit into 10 seconds with room for a mixed first one.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan EvaluationInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Fewest requests that a judgement may rest on; an evaluation waits for them.</summary>
    /// <value>3 to 10000; default 5: what comes in a second at 5 requests/s.</value>
    [Range(3, 10_000)]
    public int MinSamples { get; set; } = 5;

    /// <summary>How much healthy time the baseline remembers.</summary>
    /// <value>10 seconds to 1 hour; default 1 minute, the sliding window of the algorithm that this one mends.</value>
    [Range(typeof(TimeSpan), "00:00:10", "01:00:00")]
    public TimeSpan BaselineWindow { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Latencies up to this are never slow, whatever was normal before; for each unit of work (a short text, say).</summary>
    /// <value>1 ms to 10 minutes; default 500 ms: a sixth of a stage's budget. Below it callers lose more by being sent away than by waiting.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan LatencyFloor { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Slow is what takes more than this many times the healthy median.</summary>
    /// <value>1.5 to 100; default 3: about the root of ten, so that a tenfold slowdown and no slowdown are equally far away.</value>
    [Range(1.5, 100)]
    public double SlowFactor { get; set; } = 3;

    /// <summary>Slow evaluations in a row that open the breaker.</summary>
    /// <value>1 to 100; default 3.</value>
    [Range(1, 100)]
    public int SlowEvaluations { get; set; } = 3;

    /// <summary>How long nothing is let in before the first probe.</summary>
    /// <value>100 ms to 10 minutes; default 5 seconds: a fault's end is then noticed within 15 seconds even if a round of probes just failed.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan OpenDuration { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Probes in a round, one after another: two thirds must succeed to close the breaker, half failed open it again.</summary>
    /// <value>1 to 100; default 9: of 2,840 simulated faults every one was over within 15 seconds; with 6 it was three too few.</value>
    [Range(1, 100)]
    public int ProbeCount { get; set; } = 9;

    /// <summary>After this long without a passed round, what the probes see is the new normal: the breaker closes and learns again.</summary>
    /// <value>10 seconds to 1 day; default 5 minutes. Without it a workload that grew slower for good would be shut out for good.</value>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan RelearnAfter { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Requests that may be in flight at the start, and in quiet times at least; more where the floor is many healthy medians.</summary>
    /// <value>1 to 100000; default 32: a handful of hosts that open at once. The limit doubles while it is used and latency allows.</value>
    [Range(1, 100_000)]
    public int InitialConcurrency { get; set; } = 32;

    /// <summary>The concurrency limit never falls below this.</summary>
    /// <value>1 to 100000; default 2: one at work and one waiting keep a single lane busy.</value>
    [Range(1, 100_000)]
    public int MinConcurrency { get; set; } = 2;

    /// <summary>The concurrency limit never grows above this.</summary>
    /// <value>1 to 100000; default 1000, as Envoy has it.</value>
    [Range(1, 100_000)]
    public int MaxConcurrency { get; set; } = 1000;

    /// <summary>The concurrency limit lets the median rise to this many healthy ones (and to half of <see cref="LatencyFloor"/> in any case).</summary>
    /// <value>1.1 to 10; default 1.5, as Netflix's Gradient2 has it; below <see cref="SlowFactor"/>, so that overload alone does not open the breaker.</value>
    [Range(1.1, 10)]
    public double QueueFactor { get; set; } = 1.5;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MinConcurrency > InitialConcurrency || InitialConcurrency > MaxConcurrency)
        {
            yield return new ValidationResult(
                $"{nameof(MinConcurrency)} ({MinConcurrency}) ≤ {nameof(InitialConcurrency)} ({InitialConcurrency}) ≤ {nameof(MaxConcurrency)} ({MaxConcurrency}) does not hold.",
                [nameof(MinConcurrency), nameof(InitialConcurrency), nameof(MaxConcurrency)]);
        }

        if (QueueFactor >= SlowFactor)
        {
            yield return new ValidationResult(
                $"{nameof(QueueFactor)} ({QueueFactor}) is not below {nameof(SlowFactor)} ({SlowFactor}): the queue that the limit allows would open the breaker.",
                [nameof(QueueFactor), nameof(SlowFactor)]);
        }

        if (BaselineWindow < 5 * EvaluationInterval)
        {
            yield return new ValidationResult(
                $"{nameof(BaselineWindow)} ({BaselineWindow}) is shorter than five times {nameof(EvaluationInterval)} ({EvaluationInterval}).",
                [nameof(BaselineWindow), nameof(EvaluationInterval)]);
        }
    }
}
