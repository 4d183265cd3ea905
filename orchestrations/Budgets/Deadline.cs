using Hybrid.Contracts.Errors;

namespace Hybrid.Orchestrations.Budgets;

/// <summary>The end of one request on this machine's monotonic clock; what is left of it goes over the wire.</summary>
public readonly struct Deadline
{
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly TimeSpan _total;

    private Deadline(TimeProvider time, TimeSpan total)
    {
        _time = time;
        _start = time.GetTimestamp();
        _total = total;
    }

    /// <summary>A deadline <paramref name="total"/> from now.</summary>
    public static Deadline After(TimeSpan total, TimeProvider time) => new(time, total);

    /// <summary>What is left; never negative.</summary>
    public TimeSpan Left
    {
        get
        {
            var left = _total - _time.GetElapsedTime(_start);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    public bool HasPassed => Left == TimeSpan.Zero;

    /// <summary>A source that is cancelled at the deadline, or with <paramref name="cancellation"/> before it.</summary>
    public DeadlineCancellation Cancellation(CancellationToken cancellation) => new(Left, _time, cancellation);

    /// <summary>Work that is called off at the deadline.</summary>
    /// <param name="what">The work, as the error's subject.</param>
    /// <param name="work">Must heed its token.</param>
    /// <param name="cancellation">The caller's wish to stop; ends the work as a cancellation, not as a timeout.</param>
    /// <exception cref="HybridException"><see cref="ErrorCode.DeadlineExceeded"/>.</exception>
    public async Task<T> RunAsync<T>(string what, Func<CancellationToken, Task<T>> work, CancellationToken cancellation)
    {
        using var scope = Cancellation(cancellation);
        try
        {
            return await work(scope.Token);
        }
        catch (OperationCanceledException exception) when (scope.IsTimeout)
        {
            throw new HybridException(Exceeded(what), exception);
        }
    }

    /// <summary>The error of a request whose time is over.</summary>
    public Error Exceeded(string what) =>
        new(ErrorCode.DeadlineExceeded, $"{what} did not end within {_total.TotalMilliseconds:0} ms.");
}
