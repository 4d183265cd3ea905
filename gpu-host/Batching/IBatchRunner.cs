namespace Hybrid.GpuHost.Batching;

/// <summary>Computes the batches of one lane: never two at a time, so it may keep what it needs from one batch to the next.</summary>
/// <typeparam name="TItem">What goes in, one per result.</typeparam>
/// <typeparam name="TResult">What comes out.</typeparam>
public interface IBatchRunner<TItem, TResult>
{
    /// <summary>The item's length in tokens, by which it is put beside others. Any thread may ask.</summary>
    int TokensOf(TItem item);

    /// <summary>Computes on the calling thread; the token ends it within milliseconds.</summary>
    /// <param name="items">At least one.</param>
    /// <param name="results">As long as <paramref name="items"/>, and in their order.</param>
    /// <param name="cancellationToken">Cancelled when nobody wants any of the results.</param>
    void Run(ReadOnlySpan<TItem> items, Span<TResult> results, CancellationToken cancellationToken);

    /// <summary>
    /// Takes back a result that nobody will read: its request was over when the batch was done. A result that lies in a pooled buffer goes
    /// back there; who gets a result through a reply gives it back himself. Any thread may call.
    /// </summary>
    void Release(TResult result)
    {
    }
}

/// <summary>The results of one request and where its time went.</summary>
/// <param name="Results">In the order of its items.</param>
/// <param name="Queued">From the queue's door until the device began on the first of them.</param>
/// <param name="Computed">The device's time on the batches that they were in, theirs and others'.</param>
public sealed record BatchReply<TResult>(TResult[] Results, TimeSpan Queued, TimeSpan Computed);
