using System.Numerics;

namespace Hybrid.GpuHost.Batching;

/// <summary>
/// What waits in one queue, and what of it is computed next. Not safe for threads: the queue's lock guards it.
/// <list type="number">
/// <item>Items of similar length share a bucket, so that padding never costs a short one the time of a long one.</item>
/// <item>In a bucket the items of a higher level come first, at one level those that have not timed out, and of these the first that came.</item>
/// <item>A batch takes items of one bucket in that order until one more would be over the limit of items or of padded tokens.</item>
/// <item>It is due when it is full or of a preferred size, when an item has waited for the delay, or when an item's end does not allow the delay.</item>
/// <item>Idle instances with cores of their own share what waits.</item>
/// <item>Of several due ones the one that begins with the highest level goes first, at one level the one with the oldest item: no bucket starves.</item>
/// </list>
/// </summary>
internal sealed class WaitingRequests
{
    private readonly BatchingSettings _settings;
    private readonly long _delay;
    private readonly int[] _preferred;
    private readonly bool _spread;

    // By rank: two for a level, of which the second holds what timed out and waits on.
    private readonly EntryList[][] _ranks;

    // By rank: the buckets that are not empty, a bit for each.
    private readonly ulong[] _filled;

    private long _sequence;

    // Nothing expires before this; it may be too early, never too late.
    private long _expiresAt = long.MaxValue;

    /// <param name="settings">The limits.</param>
    /// <param name="delay">How long an idle instance waits for company, in ticks of the clock.</param>
    public WaitingRequests(BatchingSettings settings, long delay)
    {
        _settings = settings;
        _delay = delay;
        _preferred = [.. settings.PreferredBatchSizes];
        _spread = settings.SpreadOverIdle && delay == 0 && _preferred.Length == 0;
        _filled = new ulong[2 * settings.Levels.Count];
        _ranks = [.. _filled.Select((_, rank) => Enumerable.Range(0, LengthBuckets.Count).Select(bucket => new EntryList(rank, bucket)).ToArray())];
    }

    /// <summary>Items.</summary>
    public int Count { get; private set; }

    /// <summary>Nothing has to be dropped or set back before this moment.</summary>
    public long ExpiresAt => _expiresAt;

    public void Add(QueuedRequest request)
    {
        request.Sequence = ++_sequence;
        foreach (var entry in request.Entries)
        {
            Append(entry);
        }

        _expiresAt = Math.Min(_expiresAt, request.ExpiresAt);
    }

    /// <summary>Takes out what waits of it, and says how many items that were.</summary>
    public int Remove(QueuedRequest request)
    {
        var removed = 0;
        foreach (var entry in request.Entries)
        {
            if (entry.List is not null)
            {
                Unlink(entry);
                removed++;
            }
        }

        return removed;
    }

    /// <summary>The batch that is due.</summary>
    /// <param name="now">A timestamp.</param>
    /// <param name="atOnce">Without a delay: nobody comes any more.</param>
    /// <param name="due">It, if there is one.</param>
    /// <param name="dueAt">When there will be one if nobody comes; <see cref="long.MaxValue"/>: never.</param>
    /// <param name="lanes">That could take one now.</param>
    public bool TryFindDue(long now, bool atOnce, out DueBatch due, out long dueAt, int lanes = 1)
    {
        due = default;
        dueAt = long.MaxValue;
        if (Count == 0)
        {
            return false;
        }

        if (atOnce || _delay == 0)
        {
            due = Measure(OldestBucket(), now, atOnce, out _);
            if (_spread)
            {
                due = due with { Count = Math.Min(due.Count, ((Count - 1) / lanes) + 1) };
            }

            return true;
        }

        for (var buckets = Filled(); buckets != 0; buckets &= buckets - 1)
        {
            var candidate = Measure(BitOperations.TrailingZeroCount(buckets), now, atOnce, out var closesAt);
            if (candidate.Count == 0)
            {
                dueAt = Math.Min(dueAt, closesAt);
            }
            else if (due.Count == 0 || candidate.IsBefore(due))
            {
                due = candidate;
            }
        }

        return due.Count > 0;
    }

    public void Take(DueBatch due, long now, RunningBatch into)
    {
        for (var (rank, left) = (due.Rank, due.Count); left > 0; rank++)
        {
            for (var list = _ranks[rank][due.Bucket]; left > 0 && list.First is { } entry; left--)
            {
                Unlink(entry);
                into.Add(entry);
                var request = entry.Request;
                if (request.BegunAt == 0)
                {
                    // What has begun does not time out: half of its work is done. The clock was read before the lock was had.
                    request.BegunAt = Math.Max(now, request.EnqueuedAt);
                    request.TimeoutAt = long.MaxValue;
                }
            }
        }
    }

    /// <summary>Sets back what timed out and may wait on; takes out what may not, and what is past its deadline.</summary>
    /// <returns>What was taken out, linked by <see cref="QueuedRequest.NextExpired"/>.</returns>
    public QueuedRequest? Expire(long now)
    {
        if (now < _expiresAt)
        {
            return null;
        }

        QueuedRequest? expired = null;
        _expiresAt = long.MaxValue;
        for (var rank = 0; rank < _ranks.Length; rank++)
        {
            for (var buckets = _filled[rank]; buckets != 0; buckets &= buckets - 1)
            {
                Expire(_ranks[rank][BitOperations.TrailingZeroCount(buckets)], now, ref expired);
            }
        }

        return expired;
    }

    private void Expire(EntryList list, long now, ref QueuedRequest? expired)
    {
        for (var entry = list.First; entry is not null;)
        {
            var request = entry.Request;
            entry = NextRequest(entry);
            if (request.ExpiresAt > now)
            {
                _expiresAt = Math.Min(_expiresAt, request.ExpiresAt);
            }
            else if (request.Deadline > now && request.Level.Policy.TimeoutAction == TimeoutAction.Delay)
            {
                SetBack(request);
            }
            else
            {
                request.Dropped = Remove(request);
                request.NextExpired = expired;
                expired = request;
            }
        }
    }

    private void SetBack(QueuedRequest request)
    {
        request.IsDelayed = true;
        request.TimeoutAt = long.MaxValue;
        _expiresAt = Math.Min(_expiresAt, request.Deadline);
        foreach (var entry in request.Entries)
        {
            if (entry.List is not null)
            {
                Unlink(entry);
                Append(entry);
            }
        }
    }

    // Items of one request in one list stand together.
    private static BatchEntry? NextRequest(BatchEntry entry)
    {
        var next = entry.Next;
        while (next is not null && next.Request == entry.Request)
        {
            next = next.Next;
        }

        return next;
    }

    /// <summary>What of this bucket would go together now.</summary>
    private DueBatch Measure(int bucket, long now, bool atOnce, out long closesAt)
    {
        BatchEntry? first = null;
        var (count, preferred, size, longest, full) = (0, 0, 0, 0, false);
        closesAt = long.MaxValue;
        for (var rank = 0; rank < _ranks.Length && !full; rank++)
        {
            for (var entry = _ranks[rank][bucket].First; entry is not null && !full; entry = entry.Next)
            {
                longest = Math.Max(longest, entry.Tokens);
                full = count > 0 && IsOver(size + (long)entry.Size, longest);
                if (full)
                {
                    break;
                }

                first ??= entry;
                count++;
                size += entry.Size;
                preferred = _preferred.AsSpan().Contains(size) ? count : preferred;
                full = size >= _settings.MaxBatchSize;
                closesAt = Math.Min(closesAt, ClosesAt(entry.Request));
            }
        }

        var overdue = atOnce || (_delay > 0 && closesAt <= now);
        var takes = preferred > 0 && !overdue ? preferred : overdue || full || _delay == 0 ? count : 0;
        return new DueBatch(first!.List!.Rank, bucket, takes, first.Request.Sequence);
    }

    private bool IsOver(long size, int longest) => size > _settings.MaxBatchSize || longest * size > _settings.MaxBatchTokens;

    // An end inside the delay does not allow to wait for company.
    private long ClosesAt(QueuedRequest request)
    {
        var closesAt = request.EnqueuedAt + _delay;
        return request.ExpiresAt <= closesAt ? request.EnqueuedAt : closesAt;
    }

    /// <summary>Of the highest level the bucket whose first item came first.</summary>
    private int OldestBucket()
    {
        var rank = 0;
        while (_filled[rank] == 0)
        {
            rank++;
        }

        var (oldest, sequence) = (0, long.MaxValue);
        for (var buckets = _filled[rank]; buckets != 0; buckets &= buckets - 1)
        {
            var bucket = BitOperations.TrailingZeroCount(buckets);
            if (_ranks[rank][bucket].First!.Request.Sequence is var came && came < sequence)
            {
                (oldest, sequence) = (bucket, came);
            }
        }

        return oldest;
    }

    private ulong Filled()
    {
        var all = 0UL;
        foreach (var buckets in _filled)
        {
            all |= buckets;
        }

        return all;
    }

    private void Append(BatchEntry entry)
    {
        var rank = (2 * (entry.Request.Level.Number - 1)) + (entry.Request.IsDelayed ? 1 : 0);
        var bucket = _settings.LengthBuckets ? LengthBuckets.Of(entry.Tokens) : 0;
        _ranks[rank][bucket].Append(entry);
        _filled[rank] |= 1UL << bucket;
        Count++;
    }

    private void Unlink(BatchEntry entry)
    {
        var list = entry.List!;
        list.Remove(entry);
        Count--;
        if (list.First is null)
        {
            _filled[list.Rank] &= ~(1UL << list.Bucket);
        }
    }
}

/// <summary>A batch that could be taken now.</summary>
/// <param name="Rank">Of its first item.</param>
/// <param name="Bucket">Of all its items.</param>
/// <param name="Count">Items; 0: it waits for company yet.</param>
/// <param name="Sequence">When its first item came.</param>
internal readonly record struct DueBatch(int Rank, int Bucket, int Count, long Sequence)
{
    public bool IsBefore(DueBatch other) => (Rank, Sequence).CompareTo((other.Rank, other.Sequence)) < 0;
}
