using System.Diagnostics;
using Hybrid.GpuHost.Telemetry;

namespace Hybrid.GpuHost.Batching;

/// <summary>The items of one request on their way through the queue. All but <see cref="Task"/> belongs to the queue's owner.</summary>
internal sealed class BatchRequest<TItem, TResult>(IReadOnlyList<TItem> items, long enqueuedAt, long deadline, ActivityContext trace, QueuePass pass)
{
    private readonly TaskCompletionSource<BatchReply<TResult>> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TResult[] _results = new TResult[items.Count];
    private int _missing = items.Count;
    private TimeSpan? _queued;
    private TimeSpan _computed;

    public IReadOnlyList<TItem> Items => items;

    public long EnqueuedAt => enqueuedAt;

    public long Deadline => deadline;

    public ActivityContext Trace => trace;

    public Task<BatchReply<TResult>> Task => _completion.Task;

    /// <summary>Answered, failed or given up: whatever of it still waits or runs is work for nobody.</summary>
    public bool IsOver => _completion.Task.IsCompleted;

    public void Begin(TimeSpan queued)
    {
        _queued ??= queued;
        pass.Begin();
    }

    public void AddComputed(TimeSpan computed) => _computed += computed;

    public void Complete(int index, TResult result)
    {
        _results[index] = result;
        if (--_missing == 0)
        {
            _completion.TrySetResult(new BatchReply<TResult>(_results, _queued.GetValueOrDefault(), _computed));
        }
    }

    public void Fail(Exception exception) => _completion.TrySetException(exception);

    public void Abandon(CancellationToken cancellationToken) => _completion.TrySetCanceled(cancellationToken);
}

/// <summary>One item that waits.</summary>
internal readonly record struct BatchEntry<TItem, TResult>(BatchRequest<TItem, TResult> Request, int Index, int Tokens)
{
    public TItem Item => Request.Items[Index];
}
