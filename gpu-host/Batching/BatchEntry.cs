namespace Hybrid.GpuHost.Batching;

/// <summary>
/// One item's place: in a list of those that wait, then on a lane. It belongs to its request and is used again with it. Its links and its
/// lane are guarded by the queue's lock.
/// </summary>
internal sealed class BatchEntry(QueuedRequest request, int index)
{
    public QueuedRequest Request => request;

    /// <summary>Which of the request's items.</summary>
    public int Index => index;

    public int Tokens { get; set; }

    /// <summary>What it takes of the batch's size, 1 or more.</summary>
    public int Size { get; set; } = 1;

    /// <summary>Where it waits; null: nowhere.</summary>
    public EntryList? List { get; set; }

    public BatchEntry? Previous { get; set; }

    public BatchEntry? Next { get; set; }

    /// <summary>The batch that it is computed in; null: none.</summary>
    public RunningBatch? Batch { get; set; }

    /// <summary>Its result is there.</summary>
    public bool Arrived { get; set; }
}
