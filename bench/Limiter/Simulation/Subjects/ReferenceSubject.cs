namespace Hybrid.LimiterSimulation.Subjects;

/// <summary>What "three in a row over the threshold" counts; the description does not say.</summary>
public enum InARow
{
    /// <summary>Requests.</summary>
    Requests,

    /// <summary>Evaluations, each against the threshold that the one before made.</summary>
    EvaluationsAgainstLast,

    /// <summary>Evaluations, each against the threshold that it makes itself.</summary>
    EvaluationsAgainstOwn,
}

/// <summary>
/// The algorithm to the letter: exact p95 of the last 60 s; every 5 s threshold = max(100 ms, p95 × (1 + clamp(slope of the last three
/// p95, −0.2, +0.5))); three in a row over it open; a probe half-opens; ≥ 2/3 of three probes close, ≥ 50 % failures open again.
/// What it leaves open is taken as the shipped limiter has it: open for 5 s, the slope relative to the mean.
/// </summary>
public sealed class ReferenceSubject(InARow counted, TimeProvider time) : BreakerSubject(probes: 3, time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Floor = TimeSpan.FromMilliseconds(100);

    private readonly Queue<(TimeSpan At, TimeSpan Latency)> _window = new();
    private readonly List<double> _p95s = [];
    private TimeSpan _threshold = TimeSpan.MaxValue;
    private TimeSpan _due = Interval;

    protected override TimeSpan Threshold => _threshold;

    protected override void Seen(TimeSpan latency)
    {
        _window.Enqueue((Now, latency));
        while (Now >= _due)
        {
            Evaluate();
            _due += Interval;
        }
    }

    protected override void Completed(TimeSpan latency)
    {
        if (counted == InARow.Requests)
        {
            Breaker.Judge(latency > _threshold, Now);
        }
    }

    private void Evaluate()
    {
        while (_window.Peek().At < Now - Window)
        {
            _window.Dequeue();
        }

        var p95 = ExactP95();
        Judge(InARow.EvaluationsAgainstLast, p95);
        _p95s.Add(p95.TotalSeconds);
        double[] last = [.. _p95s.TakeLast(3)];
        var slope = last.Length < 3 ? 0 : (last[2] - last[0]) / 2 / last.Average();
        var raised = p95 * (1 + Math.Clamp(slope, -0.2, 0.5));
        _threshold = raised > Floor ? raised : Floor;
        Judge(InARow.EvaluationsAgainstOwn, p95);
    }

    private void Judge(InARow which, TimeSpan p95)
    {
        if (counted == which && !IsTripped)
        {
            Breaker.Judge(p95 > _threshold, Now);
        }
    }

    private TimeSpan ExactP95()
    {
        TimeSpan[] latencies = [.. _window.Select(sample => sample.Latency)];
        Array.Sort(latencies);
        return latencies[(int)Math.Ceiling(latencies.Length * 0.95) - 1];
    }
}
