using Hybrid.GpuHost.Execution;

namespace Hybrid.GpuHost.Batching;

/// <summary>A place where one batch at a time is computed: a runner, the thread that it alone runs on, and what both use from batch to batch.</summary>
internal sealed class BatchLane<TItem, TResult>(IBatchRunner<TItem, TResult> runner, int maxSize, string name) : IDisposable
{
    private readonly ExecutionLane _thread = new(name);
    private readonly AutoResetEvent _work = new(initialState: false);
    private readonly TItem[] _items = new TItem[maxSize];
    private readonly TResult[] _results = new TResult[maxSize];

    public RunningBatch Batch { get; } = new(maxSize);

    /// <summary>Runs the loop on the lane's thread, until it ends.</summary>
    public Task RunAsync(Action<BatchLane<TItem, TResult>> loop) => _thread.RunAsync(() =>
    {
        loop(this);
        return true;
    });

    /// <summary>On the lane's thread: until <see cref="Wake"/>.</summary>
    public void Sleep() => _work.WaitOne();

    public void Wake() => _work.Set();

    /// <summary>Computes the batch; the results are the lane's until <see cref="Clear"/>.</summary>
    public ReadOnlySpan<TResult> Compute()
    {
        var entries = Batch.Entries;
        for (var i = 0; i < entries.Length; i++)
        {
            _items[i] = ((BatchRequest<TItem, TResult>)entries[i].Request).ItemOf(entries[i]);
        }

        var results = _results.AsSpan(0, entries.Length);
        runner.Run(_items.AsSpan(0, entries.Length), results, Batch.Stopping);
        return results;
    }

    /// <summary>Forgets the batch.</summary>
    public void Clear()
    {
        Array.Clear(_items, 0, Batch.Entries.Length);
        Array.Clear(_results, 0, Batch.Entries.Length);
        Batch.Clear();
    }

    public void Dispose()
    {
        _thread.Dispose();
        _work.Dispose();
        Batch.Dispose();
    }
}
