namespace Hybrid.GpuHost.Batching;

/// <summary>
/// The batch of one lane and the way to stop it; the same object from batch to batch. Entries come and leave under the queue's lock; in
/// between the lane reads it without.
/// </summary>
internal sealed class RunningBatch(int maxSize) : IDisposable
{
    private readonly BatchEntry[] _entries = new BatchEntry[maxSize];
    private CancellationTokenSource _stop = new();
    private int _count;
    private int _wanted;
    private int _longest;
    private bool _stopped;

    public ReadOnlySpan<BatchEntry> Entries => _entries.AsSpan(0, _count);

    /// <summary>With their padding.</summary>
    public int Tokens => _longest * _count;

    public CancellationToken Stopping => _stop.Token;

    public void Add(BatchEntry entry)
    {
        entry.Batch = this;
        _entries[_count++] = entry;
        _wanted++;
        _longest = Math.Max(_longest, entry.Tokens);
    }

    /// <summary>Nobody waits for this entry any more. Returns what is to be cancelled, outside the lock, when nobody waits for any.</summary>
    public CancellationTokenSource? Forsake(BatchEntry entry)
    {
        entry.Batch = null;
        if (--_wanted > 0)
        {
            return null;
        }

        _stopped = true;
        return _stop;
    }

    /// <summary>The run is over: nobody can stop it any more.</summary>
    public void Detach()
    {
        foreach (var entry in Entries)
        {
            entry.Batch = null;
        }

        if (_stopped)
        {
            // Its cancellation may come any moment yet, and must not reach the next batch.
            _stop = new CancellationTokenSource();
        }
    }

    public void Clear()
    {
        Array.Clear(_entries, 0, _count);
        _count = _wanted = _longest = 0;
        _stopped = false;
    }

    /// <summary>After the last batch.</summary>
    public void Dispose() => _stop.Dispose();
}
