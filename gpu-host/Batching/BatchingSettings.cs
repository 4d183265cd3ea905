namespace Hybrid.GpuHost.Batching;

/// <summary>How one model batches: the host's <see cref="BatchingOptions"/>, and what the model's own configuration says instead.</summary>
public sealed record BatchingSettings
{
    /// <summary>Most items in a batch.</summary>
    public required int MaxBatchSize { get; init; }

    /// <summary>Most tokens in a batch of several items, padding included.</summary>
    public required int MaxBatchTokens { get; init; }

    /// <summary>Whether what was measured of the model stands in for <see cref="MaxBatchTokens"/>.</summary>
    public bool AutoBatchTokens { get; init; }

    /// <summary>How long an idle instance waits for company.</summary>
    public int MaxQueueDelayMicroseconds { get; init; }

    /// <summary>Sizes to close a batch at; ascending, and none over <see cref="MaxBatchSize"/>.</summary>
    public IReadOnlyList<int> PreferredBatchSizes { get; init; } = [];

    /// <summary>Whether only items of similar length go together.</summary>
    public bool LengthBuckets { get; init; } = true;

    /// <summary>
    /// Whether idle instances share what waits instead of leaving it all to the first: where each computes on cores of its own, halves are done
    /// sooner than the whole. On one device for all of them they are not. Only without a delay and preferred sizes, which ask for large batches.
    /// </summary>
    public bool SpreadOverIdle { get; init; }

    /// <summary>The policies of the priority levels, from the highest, which clients call 1.</summary>
    public required IReadOnlyList<QueuePolicy> Levels { get; init; }

    /// <summary>The level of a request that names none, from 1.</summary>
    public int DefaultLevel { get; init; } = 1;
}
