namespace Hybrid.GpuHost.Admission;

/// <summary>How long one request may take, and the token that ends its work when that is over, the client has left or the host stops.</summary>
public sealed class RequestBudget : IDisposable
{
    private static readonly Action<object?> Cancel = static end => ((CancellationTokenSource)end!).Cancel();

    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _end;
    private long _begin;
    private CancellationToken _clientLeft;
    private CancellationToken _cutOff;
    private CancellationTokenRegistration _departure;
    private CancellationTokenRegistration _cut;

    /// <param name="left">What is left of the budget; zero or less: it is spent already.</param>
    /// <param name="time">The clock.</param>
    /// <param name="clientLeft">Cancelled when nobody waits any more.</param>
    /// <param name="cutOff">Cancelled when the host cannot wait for it any longer.</param>
    public RequestBudget(TimeSpan left, TimeProvider time, CancellationToken clientLeft, CancellationToken cutOff = default)
        : this(time) => Begin(left, priority: 0, clientLeft, cutOff);

    internal RequestBudget(TimeProvider time)
    {
        _time = time;
        _end = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
    }

    /// <summary>A timestamp of the clock.</summary>
    public long Deadline { get; private set; }

    public CancellationToken Token => _end.Token;

    /// <summary>The level that the request asks for (<c>x-priority</c>); 0: none.</summary>
    public int Priority { get; private set; }

    /// <summary>Whether the time is over, in contrast to a client that left or a host that stops.</summary>
    public bool IsSpent =>
        _time.GetTimestamp() >= Deadline || (_end.IsCancellationRequested && !_clientLeft.IsCancellationRequested && !_cutOff.IsCancellationRequested);

    /// <summary>What is left; negative when the time is over.</summary>
    public TimeSpan Left => _time.GetElapsedTime(_time.GetTimestamp(), Deadline);

    public TimeSpan Elapsed => _time.GetElapsedTime(_begin);

    public void Dispose()
    {
        LetGo();
        _end.Dispose();
    }

    internal void Begin(TimeSpan left, int priority, CancellationToken clientLeft, CancellationToken cutOff)
    {
        _begin = _time.GetTimestamp();
        Deadline = _begin + (long)(left.TotalSeconds * _time.TimestampFrequency);
        Priority = priority;
        _end.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        _clientLeft = clientLeft;
        _cutOff = cutOff;
        _departure = clientLeft.UnsafeRegister(Cancel, _end);
        _cut = cutOff.UnsafeRegister(Cancel, _end);
    }

    /// <summary>False when it was used up, and cannot begin again; dispose it then.</summary>
    internal bool TryReset()
    {
        LetGo();
        return _end.TryReset();
    }

    // After that nobody cancels any more: who is about to is waited for.
    private void LetGo()
    {
        _departure.Dispose();
        _cut.Dispose();
    }
}
