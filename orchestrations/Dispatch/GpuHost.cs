namespace Hybrid.Orchestrations.Dispatch;

/// <summary>One host as the pool sees it: the live holder of what changes about it.</summary>
internal sealed class GpuHost(Uri address)
{
    private int _inFlight;
    private volatile bool _isReady = true;

    public Uri Address { get; } = address;

    /// <summary>Calls of this process that the host has not answered yet.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>The last sign was a good one. True before the first: a host is innocent until it was asked.</summary>
    public bool IsReady => _isReady;

    public void Begin() => Interlocked.Increment(ref _inFlight);

    public void End() => Interlocked.Decrement(ref _inFlight);

    /// <summary>Notes a sign of life or its absence; true when that changed what was thought before.</summary>
    public bool Mark(bool ready)
    {
        var changed = _isReady != ready;
        _isReady = ready;
        return changed;
    }
}
