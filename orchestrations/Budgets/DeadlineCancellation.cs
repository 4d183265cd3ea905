namespace Hybrid.Orchestrations.Budgets;

/// <summary>A token for work under a deadline; tells an end of time from a caller who left.</summary>
public sealed class DeadlineCancellation : IDisposable
{
    private readonly CancellationTokenSource _timer;
    private readonly CancellationTokenSource _linked;

    internal DeadlineCancellation(TimeSpan left, TimeProvider time, CancellationToken caller)
    {
        _timer = new CancellationTokenSource(left, time);
        _linked = CancellationTokenSource.CreateLinkedTokenSource(_timer.Token, caller);
    }

    public CancellationToken Token => _linked.Token;

    /// <summary>The deadline came: a cancellation under <see cref="Token"/> is a timeout, not a caller's wish.</summary>
    public bool IsTimeout => _timer.IsCancellationRequested;

    public void Dispose()
    {
        _linked.Dispose();
        _timer.Dispose();
    }
}
