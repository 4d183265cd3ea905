namespace Hybrid.GpuHost.Batching;

/// <summary>Computes the batches of one lane: never two at a time, so it may keep what it needs from one batch to the next.</summary>
/// <typeparam name="TItem">What goes in, one per result.</typeparam>
/// <typeparam name="TResult">What comes out.</typeparam>
public interface IBatchRunner<TItem, TResult>
{
    /// <summary>Buffers with results that were not given back yet; 0 where results are values. Any thread may ask.</summary>
    int LentBuffers => 0;

    /// <summary>The item's length in tokens, by which it is put beside others. Any thread may ask.</summary>
    int TokensOf(TItem item);

    /// <summary>How much of <c>max_batch_size</c> the item takes: more than 1 when it is a batch itself. Any thread may ask.</summary>
    int SizeOf(TItem item) => 1;

    /// <summary>Computes on the calling thread; the token ends it within milliseconds. When it throws, it leaves no result behind.</summary>
    /// <param name="items">At least one.</param>
    /// <param name="results">As long as <paramref name="items"/>, and in their order.</param>
    /// <param name="cancellationToken">Cancelled when nobody wants any of the results.</param>
    void Run(ReadOnlySpan<TItem> items, Span<TResult> results, CancellationToken cancellationToken);

    /// <summary>
    /// Takes back a result that nobody will read: its request was over when the batch was done. A result that lies in a pooled buffer goes
    /// back there; who gets a result through a reply gives it back himself. Any thread may call, and the runner of any lane of a queue takes
    /// the results of all.
    /// </summary>
    void Release(TResult result)
    {
    }
}
