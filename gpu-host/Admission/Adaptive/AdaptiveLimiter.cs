namespace Hybrid.GpuHost.Admission.Adaptive;

/// <summary>
/// Keeps a server at the load that it does well, and away from load when it does badly (docs/limiter.md).
/// <list type="number">
/// <item>Every admitted request is counted into a histogram when it ends; nothing else happens per request.</item>
/// <item>Once a second the histogram is judged, together with the ages of what is still in flight: slow is when most requests took
/// several healthy medians and their p95 is over the threshold.</item>
/// <item>A healthy second is learned into the baseline, unless our own queue made part of its latencies; a slow one never is.</item>
/// <item>The concurrency limit follows the ratio of healthy to present median.</item>
/// <item>Three slow seconds in a row open the breaker, except those in which more work was done, or (while the limit can still fall)
/// offered, than is normal: that is overload, and the limit's to mend.</item>
/// <item>Open for a while, then probes one by one; most of them good close it with the limit that it had before.</item>
/// </list>
/// Latency is judged per unit of work, or else the first minute of a bulk job would look like a slow server. It owns no timer: requests
/// carry it forward, and without requests there is nothing to decide.
/// </summary>
public sealed class AdaptiveLimiter
{
    /// <summary>More work done than this many times normal: the server does its work, there is just too much of it.</summary>
    private const double DoneFactor = 1.25;

    /// <summary>More work offered than this many times normal: too much may have come, as long as the limit can still fall.</summary>
    private const double OfferedFactor = 1.5;

    /// <summary>Work is counted in these parts of a unit, as whole numbers, so that it takes no lock.</summary>
    private const double WorkParts = 16;

    /// <summary>No request is larger than this, whatever it says.</summary>
    private const double MostWork = 1_000_000;

    /// <summary>What a request may take before anything is known.</summary>
    private static readonly TimeSpan LongestPatience = TimeSpan.FromHours(1);

    private static readonly TimeSpan LongestInterval = TimeSpan.FromSeconds(10);

    private readonly AdaptiveLimiterOptions _options;
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly ConcurrencyLimit _concurrency;
    private readonly LatencyBreaker _breaker;
    private readonly HealthyBaseline _baseline;
    private readonly DueCounts _due = new();
    private readonly LatencyHistogram _sample = new();

    // Guards all below it, the breaker and the baseline. A request takes it for an evaluation, a probe or a rejection by the breaker.
    private readonly Lock _gate = new();
    private LatencyHistogram _completed = new();
    private LatencyHistogram _spare = new();
    private int _failed;
    private long _doneParts;
    private long _offeredParts;
    private long _evaluationDue;
    private TimeSpan _tickBegan;
    private int _healthyLimit;
    private int _relearns;

    public AdaptiveLimiter(AdaptiveLimiterOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _start = time.GetTimestamp();
        _concurrency = new ConcurrencyLimit(options);
        _breaker = new LatencyBreaker(options);
        _baseline = new HealthyBaseline(options);
        BeginTick(TimeSpan.Zero);
    }

    private TimeSpan Now => _time.GetElapsedTime(_start);

    /// <summary>Decides about one request. Never waits.</summary>
    /// <param name="work">How many times as long as the smallest request it should take; less than 1 counts as 1.</param>
    public AdmissionDecision TryAcquire(double work = 1)
    {
        work = Math.Clamp(work, 1, MostWork);
        var now = Now;
        Interlocked.Add(ref _offeredParts, (long)(work * WorkParts));
        EvaluateIfDue(now);
        if (_breaker.State != BreakerState.Closed)
        {
            return TryProbe(now, work);
        }

        return _concurrency.TryEnter() ? Admit(now, work, probe: 0) : AdmissionDecision.Reject(RejectReason.Concurrency, _options.EvaluationInterval);
    }

    public LimiterSnapshot Snapshot()
    {
        lock (_gate)
        {
            return new LimiterSnapshot(
                _breaker.State,
                _concurrency.Limit,
                _concurrency.InFlight,
                _baseline.Median,
                _baseline.P95,
                _baseline.Threshold,
                _baseline.SlowLatency,
                _breaker.Opens,
                _relearns);
        }
    }

    internal void Complete(in AdmissionLease lease, AdmissionOutcome outcome)
    {
        var now = Now;
        _due.Leave(lease.DueSlot);
        _concurrency.Leave();
        if (lease.Probe != 0)
        {
            EndProbe(lease, outcome, now);
        }
        else if (lease.Epoch == _breaker.Epoch)
        {
            Count(outcome, now - lease.Began, lease.Work);
            EvaluateIfDue(now);
        }

        lease.Observer?.Ended(outcome, now - lease.Began);
    }

    private AdmissionDecision Admit(TimeSpan now, double work, int probe) =>
        AdmissionDecision.Admit(new AdmissionLease(this, now, work, _due.Enter(now, Patience(work)), _breaker.Epoch, probe));

    // Read without the lock: a value from before the last evaluation does as well.
    private TimeSpan Patience(double work) => _baseline.IsKnown ? _baseline.SlowLatency * work : LongestPatience;

    private void Count(AdmissionOutcome outcome, TimeSpan latency, double work)
    {
        if (outcome is AdmissionOutcome.Succeeded or AdmissionOutcome.TimedOut)
        {
            Volatile.Read(ref _completed).Record(latency / work);
            Interlocked.Add(ref _doneParts, (long)(work * WorkParts));
        }
        else if (outcome == AdmissionOutcome.Failed)
        {
            Interlocked.Increment(ref _failed);
        }
    }

    // One thread evaluates; the others go on with what was decided last.
    private void EvaluateIfDue(TimeSpan now)
    {
        if (now.Ticks < Volatile.Read(ref _evaluationDue) || !_gate.TryEnter())
        {
            return;
        }

        try
        {
            if (now.Ticks >= _evaluationDue)
            {
                Evaluate(now);
            }
        }
        finally
        {
            _gate.Exit();
        }
    }

    private void Evaluate(TimeSpan now)
    {
        _sample.CopyFrom(_completed);
        _due.RecordOverdue(_baseline.SlowLatency, now, _sample);
        var succeeded = _sample.Count;
        if (succeeded + _failed < _options.MinSamples)
        {
            Volatile.Write(ref _evaluationDue, (now + (_options.EvaluationInterval / 4)).Ticks);
            return;
        }

        // A request that still holds the retired histogram counts into a later tick: harmless.
        var seen = Interlocked.Exchange(ref _completed, _spare);
        var failing = _failed * 2 >= succeeded + _failed;
        var duration = now - _tickBegan;
        var done = Interlocked.Read(ref _doneParts) / WorkParts;
        var median = _sample.Quantile(0.5);
        var slow = failing || IsSlow(median);
        var normal = _baseline.Throughput * duration.TotalSeconds;
        var flooded = slow && IsFlooded(normal);
        if (!slow)
        {
            JudgeHealthy(seen, duration, done, now);
        }
        else if (failing || (done <= DoneFactor * normal && !(flooded && _concurrency.Limit > _options.MinConcurrency)))
        {
            JudgeSlow(now);
        }

        if (_breaker.State == BreakerState.Closed)
        {
            Limit(median, slow, flooded, failing);
        }
        else
        {
            // The breaker stands before the limit now; closing again means that the server is as it was before.
            _concurrency.Limit = _healthyLimit;
        }

        seen.Clear();
        _spare = seen;
        BeginTick(now);
    }

    private void Limit(TimeSpan median, bool slow, bool flooded, bool failing)
    {
        if (!slow && _concurrency.IsQuiet)
        {
            _concurrency.Rest(_baseline.SafeConcurrency);
            return;
        }

        // What fails fast is no reason to send more of it.
        var gradient = _baseline.Gradient(median);
        _concurrency.Adapt(failing ? Math.Min(gradient, 0.5) : gradient, flooded);
    }

    private bool IsSlow(TimeSpan median) =>
        _baseline.IsKnown && median > _baseline.SlowLatency && _sample.Quantile(0.95) > _baseline.Threshold;

    // Three standard deviations of a Poisson process above normal, so that few requests do not make a flood by chance.
    private bool IsFlooded(double normal) =>
        (Interlocked.Read(ref _offeredParts) / WorkParts) - normal > Math.Max((OfferedFactor - 1) * normal, 3 * Math.Sqrt(normal));

    private void JudgeSlow(TimeSpan now)
    {
        if (_breaker.SlowInARow == 0)
        {
            _healthyLimit = _concurrency.Limit;
        }

        _breaker.Judge(slow: true, now);
    }

    private void JudgeHealthy(LatencyHistogram seen, TimeSpan duration, double work, TimeSpan now)
    {
        _breaker.Judge(slow: false, now);
        if (_concurrency.SaysNoLoad)
        {
            _baseline.Learn(seen, duration, work);
        }
    }

    private AdmissionDecision TryProbe(TimeSpan now, double work)
    {
        lock (_gate)
        {
            if (_breaker.IsStuck(now))
            {
                Relearn(now);
            }

            if (!_concurrency.TryEnter())
            {
                return AdmissionDecision.Reject(RejectReason.Concurrency, _options.EvaluationInterval);
            }

            // Closed by another thread between our look and the lock.
            if (_breaker.State == BreakerState.Closed)
            {
                return Admit(now, work, probe: 0);
            }

            var probe = _breaker.BeginProbe(now, Patience(work), out var retryAfter);
            if (probe != 0)
            {
                return Admit(now, work, probe);
            }

            _concurrency.Leave();
            return AdmissionDecision.Reject(RejectReason.LatencyOpen, retryAfter);
        }
    }

    private void EndProbe(in AdmissionLease lease, AdmissionOutcome outcome, TimeSpan now)
    {
        lock (_gate)
        {
            if (outcome is AdmissionOutcome.Abandoned or AdmissionOutcome.Refused)
            {
                _breaker.TakeBackProbe(lease.Probe);
                return;
            }

            if (_breaker.EndProbe(lease.Probe, outcome == AdmissionOutcome.Succeeded && now - lease.Began <= Patience(lease.Work), now))
            {
                BeginTick(now);
            }
        }
    }

    // From the lowest limit, where latencies are the server's own, as Envoy measures its minRTT.
    private void Relearn(TimeSpan now)
    {
        _relearns++;
        _baseline.Forget();
        _breaker.Close();
        _concurrency.Limit = _options.MinConcurrency;
        BeginTick(now);
    }

    private void BeginTick(TimeSpan now)
    {
        _tickBegan = now;
        _failed = 0;
        Interlocked.Exchange(ref _doneParts, 0);
        Interlocked.Exchange(ref _offeredParts, 0);
        _concurrency.Restart();
        var interval = 2 * _baseline.Median;
        interval = interval > LongestInterval ? LongestInterval : interval;
        interval = interval < _options.EvaluationInterval ? _options.EvaluationInterval : interval;
        Volatile.Write(ref _evaluationDue, _breaker.State == BreakerState.Closed ? (now + interval).Ticks : long.MaxValue);
    }
}
