namespace Hybrid.GpuHost.Admission;

/// <summary>How long one request may take, and the token that ends its work when that is over, the client has left or the host stops.</summary>
public sealed class RequestBudget : IDisposable
{
    private static readonly Action<object?> Cancel = static end => ((CancellationTokenSource)end!).Cancel();

    private readonly TimeProvider _time;
    private readonly long _begin;
    private readonly CancellationTokenSource _end;
    private readonly CancellationToken _clientLeft;
    private readonly CancellationToken _cutOff;
    private readonly CancellationTokenRegistration _departure;
    private readonly CancellationTokenRegistration _cut;

    /// <param name="left">What is left of the budget; zero or less: it is spent already.</param>
    /// <param name="time">The clock.</param>
    /// <param name="clientLeft">Cancelled when nobody waits any more.</param>
    /// <param name="cutOff">Cancelled when the host cannot wait for it any longer.</param>
    public RequestBudget(TimeSpan left, TimeProvider time, CancellationToken clientLeft, CancellationToken cutOff = default)
    {
        _time = time;
        _begin = time.GetTimestamp();
        Deadline = _begin + (long)(left.TotalSeconds * time.TimestampFrequency);
        _end = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
        _clientLeft = clientLeft;
        _cutOff = cutOff;
        _departure = clientLeft.UnsafeRegister(Cancel, _end);
        _cut = cutOff.UnsafeRegister(Cancel, _end);
    }

    /// <summary>A timestamp of the clock.</summary>
    public long Deadline { get; }

    public CancellationToken Token => _end.Token;

    /// <summary>Whether the time is over, in contrast to a client that left or a host that stops.</summary>
    public bool IsSpent =>
        _time.GetTimestamp() >= Deadline || (_end.IsCancellationRequested && !_clientLeft.IsCancellationRequested && !_cutOff.IsCancellationRequested);

    public TimeSpan Elapsed => _time.GetElapsedTime(_begin);

    public void Dispose()
    {
        _departure.Dispose();
        _cut.Dispose();
        _end.Dispose();
    }
}
