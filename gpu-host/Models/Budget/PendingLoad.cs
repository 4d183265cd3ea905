namespace Hybrid.GpuHost.Models.Budget;

/// <summary>One load that requests wait for, however many. Nobody's leaving ends it: who comes next needs it, too.</summary>
internal sealed class PendingLoad
{
    // What has failed is not tried again by every request that comes.
    private static readonly TimeSpan FailureKept = TimeSpan.FromSeconds(5);

    private readonly TimeSpan _usual;
    private readonly TimeProvider _time;
    private readonly long _begun;
    private long _ended;
    private int _waiting;

    /// <param name="load">Begins at once, on a thread of its own.</param>
    /// <param name="before">The one before of the same model; null: this is the first.</param>
    /// <param name="time">The clock.</param>
    public PendingLoad(Func<Task> load, PendingLoad? before, TimeProvider time)
    {
        (_usual, _time, _begun) = (before?.Took ?? TimeSpan.Zero, time, time.GetTimestamp());
        Task = RunAsync(load);
    }

    public Task Task { get; }

    /// <summary>False: another one may begin.</summary>
    public bool IsCurrent => !Task.IsCompleted || (Task.IsFaulted && _time.GetElapsedTime(_ended) < FailureKept);

    /// <summary>Until it ends, by what is known of the last time; until it may be tried again, when it has failed. Zero: nobody knows.</summary>
    public TimeSpan Remaining =>
        (Task.IsFaulted ? FailureKept - _time.GetElapsedTime(_ended) : _usual - _time.GetElapsedTime(_begun)) is { Ticks: > 0 } left ? left : TimeSpan.Zero;

    private TimeSpan Took => Task.IsCompletedSuccessfully ? _time.GetElapsedTime(_begun, _ended) : _usual;

    /// <summary>False: so many wait already.</summary>
    public bool TryEnter(int most)
    {
        if (Interlocked.Increment(ref _waiting) <= most)
        {
            return true;
        }

        Leave();
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _waiting);

    private async Task RunAsync(Func<Task> load)
    {
        try
        {
            await Task.Run(load);
        }
        finally
        {
            _ended = _time.GetTimestamp();
        }
    }
}
