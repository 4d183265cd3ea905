namespace Hybrid.GpuHost.Batching;

/// <summary>Computes one batch.</summary>
/// <typeparam name="TItem">What goes in, one per result.</typeparam>
/// <typeparam name="TResult">What comes out.</typeparam>
public interface IBatchRunner<TItem, TResult>
{
    /// <summary>The item's length in tokens, by which it is put beside others.</summary>
    int TokensOf(TItem item);

    /// <summary>The results in the order of the items. Runs on the calling thread; the token ends it within milliseconds.</summary>
    TResult[] Run(IReadOnlyList<TItem> items, CancellationToken cancellationToken);
}

/// <summary>The results of one request and where its time went.</summary>
/// <param name="Results">In the order of its items.</param>
/// <param name="Queued">From the queue's door until the device began on the first of them.</param>
/// <param name="Computed">The device's time on the batches that they were in, theirs and others'.</param>
public sealed record BatchReply<TResult>(TResult[] Results, TimeSpan Queued, TimeSpan Computed);
