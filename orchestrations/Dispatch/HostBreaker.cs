namespace Hybrid.Orchestrations.Dispatch;

/// <summary>
/// Keeps calls from a host whose attempts fail although its health route answers. What changes it is
/// guarded by <see cref="PoolState"/>; its properties may be read by anyone.
/// </summary>
/// <remarks>
/// Not Polly's: there a call that comes after the break is the probe, whatever the host's health says; an attempt that was
/// called off (a lost race, a client that left) counts as a success and closes a half-open circuit; so does one that began
/// before the break. See docs/decisions/0005.
/// </remarks>
internal sealed class HostBreaker(GpuPoolOptions options, TimeProvider time)
{
    private volatile BreakerState _state;
    private volatile int _epoch;
    private volatile int _failures;
    private int _breaks;
    private long _failingSince;
    private long _openedAt;
    private bool _trialRuns;

    public BreakerState State => _state;

    /// <summary>Counts the changes of <see cref="State"/>: what began in an earlier one says nothing about this one.</summary>
    public int Epoch => _epoch;

    /// <summary>Nothing is held against the host, so that a success changes nothing.</summary>
    public bool IsClean => State == BreakerState.Closed && _failures == 0;

    /// <summary>Takes the one trial of a half-open breaker.</summary>
    public bool TryBeginTrial()
    {
        var begins = State == BreakerState.HalfOpen && !_trialRuns;
        _trialRuns |= begins;
        return begins;
    }

    /// <summary>An attempt showed that the host works.</summary>
    public void Succeeded(int epoch)
    {
        if (epoch != Epoch)
        {
            return;
        }

        _failures = 0;
        _breaks = 0;
        if (State != BreakerState.Closed)
        {
            Become(BreakerState.Closed);
        }
    }

    /// <summary>An attempt failed by the host's fault.</summary>
    public void Failed(int epoch) => Count(epoch, isCertain: true);

    /// <summary>
    /// An attempt was not answered while another host answered. Many of these in a row within a moment are a pause of the
    /// host's; for longer they are a device that hangs behind a health route that does not.
    /// </summary>
    public void Outrun(int epoch) => Count(epoch, isCertain: false);

    /// <summary>An attempt ended before it showed anything; was it the trial, the next one may begin.</summary>
    public void ShowedNothing(int epoch, bool wasTrial) => _trialRuns &= epoch != Epoch || !wasTrial;

    /// <summary>The health route says that the host is well; after the break that makes it worth a trial.</summary>
    public void Healthy()
    {
        if (State == BreakerState.Open && time.GetElapsedTime(_openedAt) >= Break)
        {
            Become(BreakerState.HalfOpen);
        }
    }

    private void Count(int epoch, bool isCertain)
    {
        if (epoch != Epoch)
        {
            return;
        }

        if (_failures++ == 0)
        {
            _failingSince = time.GetTimestamp();
        }

        var isTooMuch = _failures >= options.BreakerFailures && (isCertain || time.GetElapsedTime(_failingSince) >= options.BreakerSilence);
        if (State == BreakerState.HalfOpen || (State == BreakerState.Closed && isTooMuch))
        {
            _breaks++;
            _openedAt = time.GetTimestamp();
            Become(BreakerState.Open);
        }
    }

    private TimeSpan Break
    {
        get
        {
            var doubled = options.BreakerBreak * Math.Pow(2, Math.Min(_breaks - 1, 30));
            return doubled < options.BreakerLongestBreak ? doubled : options.BreakerLongestBreak;
        }
    }

    private void Become(BreakerState state)
    {
        _state = state;
        _epoch++;
        _failures = 0;
        _trialRuns = false;
    }
}
