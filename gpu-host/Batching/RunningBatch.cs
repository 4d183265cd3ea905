namespace Hybrid.GpuHost.Batching;

/// <summary>A batch on the device, and the way to stop it.</summary>
internal sealed class RunningBatch<TItem, TResult>(IReadOnlyList<BatchEntry<TItem, TResult>> entries, BatchLane<TItem, TResult> lane) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    public IReadOnlyList<BatchEntry<TItem, TResult>> Entries => entries;

    public BatchLane<TItem, TResult> Lane => lane;

    public IEnumerable<BatchRequest<TItem, TResult>> Requests => entries.Select(entry => entry.Request).Distinct();

    public CancellationToken Stopping => _stop.Token;

    /// <summary>Ends the run when nobody waits for any of its results; one that is still wanted keeps it going.</summary>
    public void StopIfUnwanted()
    {
        if (entries.All(entry => entry.Request.IsOver))
        {
            _stop.Cancel();
        }
    }

    public void Dispose() => _stop.Dispose();
}
