namespace Hybrid.GpuHost.Batching;

/// <summary>What the policy knows of one waiting item. Times are <see cref="TimeProvider"/> timestamps.</summary>
/// <param name="Tokens">Its length.</param>
/// <param name="EnqueuedAt">When it came.</param>
/// <param name="Deadline">When its answer is worth nothing any more.</param>
public readonly record struct Waiting(int Tokens, long EnqueuedAt, long Deadline);

/// <summary>What to do now.</summary>
/// <param name="Batch">Positions of the items to compute now, ascending; empty: nothing is due.</param>
/// <param name="DueAt">When something will be due if nothing else comes; <see cref="long.MaxValue"/>: never.</param>
public readonly record struct BatchDecision(IReadOnlyList<int> Batch, long DueAt);

/// <summary>
/// Decides which waiting items are computed together. Pure: same items and time, same decision.
/// <list type="number">
/// <item>Items of similar length share a bucket, so that padding never costs a short one the time of a long one.</item>
/// <item>A bucket takes items in order of arrival until one more would be over the limit of items or of padded tokens.</item>
/// <item>It is due when it is full, when its first item has waited for the delay, or when an item's deadline does not allow the delay.</item>
/// <item>Of several due buckets the one with the oldest item goes first, so none starves.</item>
/// </list>
/// </summary>
public sealed class BatchingPolicy(int maxItems, int maxTokens, long maxDelay)
{
    /// <param name="waiting">In order of arrival.</param>
    /// <param name="now">A timestamp.</param>
    public BatchDecision Decide(IReadOnlyList<Waiting> waiting, long now)
    {
        var buckets = new Bucket?[LengthBuckets.Count];
        Bucket? best = null;
        var dueAt = long.MaxValue;
        for (var i = 0; i < waiting.Count; i++)
        {
            // 1, 2
            ref var bucket = ref buckets[LengthBuckets.Of(waiting[i].Tokens)];
            bucket ??= new Bucket();
            bucket.Offer(i, waiting[i], maxItems, maxTokens, maxDelay);
        }

        foreach (var bucket in buckets)
        {
            // 3, 4
            if (bucket is not null && (bucket.Full || bucket.DueAt <= now))
            {
                best = best is null || bucket.Items[0] < best.Items[0] ? bucket : best;
            }
            else if (bucket is not null)
            {
                dueAt = Math.Min(dueAt, bucket.DueAt);
            }
        }

        return best is null ? new BatchDecision([], dueAt) : new BatchDecision(best.Items, now);
    }

    private sealed class Bucket
    {
        private int _longest;

        public List<int> Items { get; } = [];

        public bool Full { get; private set; }

        public long DueAt { get; private set; } = long.MaxValue;

        public void Offer(int index, Waiting item, int maxItems, int maxTokens, long maxDelay)
        {
            var longest = Math.Max(_longest, item.Tokens);
            if (Full || (Items.Count > 0 && (long)longest * (Items.Count + 1) > maxTokens))
            {
                Full = true;
                return;
            }

            Items.Add(index);
            _longest = longest;
            Full = Items.Count == maxItems;
            var closesAt = item.EnqueuedAt + maxDelay;
            DueAt = Math.Min(DueAt, item.Deadline <= closesAt ? item.EnqueuedAt : closesAt);
        }
    }
}
