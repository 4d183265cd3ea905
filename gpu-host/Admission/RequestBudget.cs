namespace Hybrid.GpuHost.Admission;

/// <summary>How long one request may take, and the token that ends its work when that is over, the client has left or the host stops.</summary>
public sealed class RequestBudget : IDisposable
{
    private readonly TimeProvider _time;
    private readonly long _begin;
    private readonly CancellationTokenSource _expiry;
    private readonly CancellationTokenSource _linked;

    /// <param name="left">What is left of the budget; zero or less: it is spent already.</param>
    /// <param name="time">The clock.</param>
    /// <param name="clientLeft">Cancelled when nobody waits any more.</param>
    /// <param name="cutOff">Cancelled when the host cannot wait for it any longer.</param>
    public RequestBudget(TimeSpan left, TimeProvider time, CancellationToken clientLeft, CancellationToken cutOff = default)
    {
        _time = time;
        _begin = time.GetTimestamp();
        Deadline = _begin + (long)(left.TotalSeconds * time.TimestampFrequency);
        _expiry = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
        _linked = CancellationTokenSource.CreateLinkedTokenSource(_expiry.Token, clientLeft, cutOff);
    }

    /// <summary>A timestamp of the clock.</summary>
    public long Deadline { get; }

    public CancellationToken Token => _linked.Token;

    public bool IsSpent => _expiry.IsCancellationRequested || _time.GetTimestamp() >= Deadline;

    public TimeSpan Elapsed => _time.GetElapsedTime(_begin);

    public void Dispose()
    {
        _linked.Dispose();
        _expiry.Dispose();
    }
}
