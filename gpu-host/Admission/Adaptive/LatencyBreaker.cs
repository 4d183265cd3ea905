namespace Hybrid.GpuHost.Admission.Adaptive;

/// <summary>
/// The states closed → open → half-open and what leads from one to the next. It knows no latencies: evaluations and probes come
/// in as good or bad. For one thread at a time, but for <see cref="State"/> and <see cref="Epoch"/>.
/// </summary>
public sealed class LatencyBreaker(AdaptiveLimiterOptions options)
{
    private volatile BreakerState _state;
    private volatile int _epoch;
    private TimeSpan _openUntil;
    private TimeSpan _notClosedSince;
    private TimeSpan _probeDue;
    private int _lastProbe;
    private int _probe;
    private int _successes;
    private int _failures;

    public BreakerState State => _state;

    /// <summary>Grows whenever the breaker opens: what was let in before says nothing about the time after.</summary>
    public int Epoch => _epoch;

    /// <summary>Slow evaluations in a row.</summary>
    public int SlowInARow { get; private set; }

    /// <summary>How often it went from closed to open.</summary>
    public int Opens { get; private set; }

    /// <summary>Whether it has not been closed for so long that what is slow must be normal.</summary>
    public bool IsStuck(TimeSpan now) => State != BreakerState.Closed && now - _notClosedSince >= options.RelearnAfter;

    /// <summary>What an evaluation of the closed breaker found.</summary>
    public void Judge(bool slow, TimeSpan now)
    {
        SlowInARow = slow ? SlowInARow + 1 : 0;
        if (SlowInARow >= options.SlowEvaluations)
        {
            _notClosedSince = now;
            Opens++;
            Open(now);
        }
    }

    /// <summary>Asks to send a probe through the breaker that is not closed.</summary>
    /// <param name="now">The time.</param>
    /// <param name="patience">How long it may take; unfinished after that, it has failed.</param>
    /// <param name="retryAfter">When to ask again, if the answer is no.</param>
    /// <returns>The probe's number, or 0: not now.</returns>
    public int BeginProbe(TimeSpan now, TimeSpan patience, out TimeSpan retryAfter)
    {
        if (State == BreakerState.Open && now >= _openUntil)
        {
            _state = BreakerState.HalfOpen;
            BeginRound();
        }

        if (_probe != 0 && now > _probeDue)
        {
            EndProbe(_probe, success: false, now);
        }

        if (State == BreakerState.HalfOpen && _probe == 0)
        {
            retryAfter = TimeSpan.Zero;
            _probeDue = now + patience;
            return _probe = ++_lastProbe;
        }

        retryAfter = State == BreakerState.Open ? _openUntil - now : options.EvaluationInterval;
        return 0;
    }

    /// <summary>A probe's result; one that was given up already changes nothing.</summary>
    /// <returns>Whether it closed the breaker.</returns>
    public bool EndProbe(int probe, bool success, TimeSpan now)
    {
        if (!TakeBackProbe(probe))
        {
            return false;
        }

        _successes += success ? 1 : 0;
        _failures += success ? 0 : 1;
        if (_successes * 3 >= options.ProbeCount * 2)
        {
            Close();
        }
        else if (_failures * 2 >= options.ProbeCount)
        {
            Open(now);
        }
        else if (_successes + _failures == options.ProbeCount)
        {
            BeginRound();
        }

        return State == BreakerState.Closed;
    }

    /// <summary>A probe that said nothing; another may go in its place.</summary>
    /// <returns>Whether it was still awaited.</returns>
    public bool TakeBackProbe(int probe)
    {
        var awaited = probe != 0 && probe == _probe;
        _probe = awaited ? 0 : _probe;
        return awaited;
    }

    public void Close()
    {
        _state = BreakerState.Closed;
        _probe = 0;
        SlowInARow = 0;
    }

    private void Open(TimeSpan now)
    {
        _epoch++;
        _openUntil = now + options.OpenDuration;
        _state = BreakerState.Open;
    }

    private void BeginRound() => _probe = _successes = _failures = 0;
}
