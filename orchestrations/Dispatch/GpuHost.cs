namespace Hybrid.Orchestrations.Dispatch;

/// <summary>One host as the pool sees it: the live holder of what changes about it.</summary>
internal sealed class GpuHost(Uri address, HostBreaker breaker, TimeProvider time) : IDisposable
{
    private int _inFlight;
    private int _othersInFlight;
    private int _unanswered;
    private long _lastHeard = long.MinValue;
    private CancellationTokenSource _abandon = new();

    public Uri Address { get; } = address;

    public HostBreaker Breaker { get; } = breaker;

    /// <summary>The last sign of its readiness was a good one. True before the first: a host is innocent until it was asked.</summary>
    public bool IsReady { get; set; } = true;

    public HostStanding Standing => (IsReady, Breaker.State) switch
    {
        (false, _) or (_, BreakerState.Open) => HostStanding.Out,
        (_, BreakerState.HalfOpen) => HostStanding.OnTrial,
        _ => HostStanding.In,
    };

    /// <summary>Attempts of this process that have not ended yet.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>
    /// What the choice between hosts goes by: our own attempts as of now, what others had there when it last told, and the
    /// attempts in a row that got no answer. Those count on, although they ended: else a host that froze, or fails fast, would
    /// look idle and draw calls.
    /// </summary>
    public int Load => InFlight + Volatile.Read(ref _othersInFlight) + Volatile.Read(ref _unanswered);

    /// <summary>Ends when the attempts in flight are to be given up; those that begin later get another.</summary>
    public CancellationToken Abandoned => Volatile.Read(ref _abandon).Token;

    public void Begin() => Interlocked.Increment(ref _inFlight);

    public void End() => Interlocked.Decrement(ref _inFlight);

    /// <summary>Counts the attempts in a row without an answer.</summary>
    public void Note(HostSign sign)
    {
        switch (sign)
        {
            case HostSign.Works:
                Forgive();
                break;
            case HostSign.Failed or HostSign.Outrun or HostSign.Unreachable:
                Interlocked.Increment(ref _unanswered);
                break;
        }
    }

    /// <summary>The host gave a good sign: it gets its share again.</summary>
    public void Forgive() => Volatile.Write(ref _unanswered, 0);

    /// <summary>The host said something, be it what it may.</summary>
    public void Heard() => Volatile.Write(ref _lastHeard, time.GetTimestamp());

    public bool WasHeardSince(long timestamp) => Volatile.Read(ref _lastHeard) >= timestamp;

    /// <summary>The host told how many requests are inside it; ours are among them.</summary>
    public void Reported(int inFlight) => Volatile.Write(ref _othersInFlight, Math.Max(0, inFlight - InFlight));

    /// <summary>Gives up the attempts in flight, so that they go on elsewhere.</summary>
    public Task AbandonAsync() => Interlocked.Exchange(ref _abandon, new CancellationTokenSource()).CancelAsync();

    public void Dispose() => _abandon.Dispose();
}

/// <summary>What a host may be given.</summary>
internal enum HostStanding
{
    /// <summary>Its share.</summary>
    In,

    /// <summary>One call at a time.</summary>
    OnTrial,

    /// <summary>Nothing, as long as another can take it.</summary>
    Out,
}
