namespace Hybrid.GpuHost.Batching;

/// <summary>
/// What the queue knows of a request while it waits or runs. Timestamps are the clock's. What is settable is guarded by the queue's lock once
/// the request is in it.
/// </summary>
internal abstract class QueuedRequest
{
    private BatchEntry[] _entries = [];

    public ReadOnlySpan<BatchEntry> Entries => _entries.AsSpan(0, Count);

    /// <summary>Items.</summary>
    public int Count { get; private set; }

    public QueueLevel Level { get; private set; } = null!;

    public long EnqueuedAt { get; private set; }

    /// <summary>Its place in the order of arrival.</summary>
    public long Sequence { get; set; }

    /// <summary>When its answer is worth nothing any more; <see cref="long.MaxValue"/>: never.</summary>
    public long Deadline { get; private set; }

    /// <summary>When it has waited too long; <see cref="long.MaxValue"/>: never, or not any more.</summary>
    public long TimeoutAt { get; set; }

    /// <summary>It has waited too long, and goes behind those that have not.</summary>
    public bool IsDelayed { get; set; }

    /// <summary>When its first item reached the device; 0: not yet.</summary>
    public long BegunAt { get; set; }

    /// <summary>The next of those that are answered with an error after the lock is left.</summary>
    public QueuedRequest? NextExpired { get; set; }

    /// <summary>Items of it that left the queue uncomputed with that.</summary>
    public int Dropped { get; set; }

    /// <summary>When the queue has to do something about it if it still waits.</summary>
    public long ExpiresAt => Math.Min(Deadline, TimeoutAt);

    protected void Begin(int count, QueueLevel level, long now, long deadline, long timeoutAt)
    {
        if (_entries.Length < count)
        {
            var known = _entries.Length;
            Array.Resize(ref _entries, count);
            for (var i = known; i < count; i++)
            {
                _entries[i] = new BatchEntry(this, i);
            }
        }

        (Count, Level, EnqueuedAt, Deadline, TimeoutAt) = (count, level, now, deadline, timeoutAt);
        (IsDelayed, BegunAt) = (false, 0);
        foreach (var entry in Entries)
        {
            entry.Arrived = false;
        }
    }
}
