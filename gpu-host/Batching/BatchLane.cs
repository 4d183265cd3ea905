using System.Diagnostics;
using Hybrid.Contracts.Errors;
using Hybrid.GpuHost.Execution;
using Hybrid.GpuHost.Telemetry;

namespace Hybrid.GpuHost.Batching;

/// <summary>A place where one batch at a time is computed: a runner, the thread that it alone runs on, and what both use from batch to batch.</summary>
internal sealed class BatchLane<TItem, TResult>(
    IBatchRunner<TItem, TResult> runner, int maxSize, string name, DrainRate drain, ModelMetrics metrics, TimeProvider time) : IDisposable
{
    private static readonly List<ActivityContext> NoTraces = [];

    private readonly ExecutionLane _thread = new(name);

    // It does not spin before it sleeps, and wakes in half the time that a monitor or a ManualResetEventSlim takes without spinning.
    private readonly AutoResetEvent _work = new(initialState: false);
    private readonly TItem[] _items = new TItem[maxSize];
    private readonly TResult[] _results = new TResult[maxSize];

    public int LentBuffers => runner.LentBuffers;

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

    /// <summary>Computes the batch and hands the results to its requests.</summary>
    /// <param name="begin">When it was taken.</param>
    public void Compute(long begin)
    {
        var entries = Batch.Entries;
        Exception? failure = null;
        Exception?[]? failures = null;
        try
        {
            Begin(entries);
            using var span = metrics.BeginBatch(entries.Length, Batch.Tokens, TracesOf(entries));
            runner.Run(_items.AsSpan(0, entries.Length), _results.AsSpan(0, entries.Length), Batch.Stopping);
        }
        catch (HybridException exception) when (entries.Length > 1 && exception.Error.Code is ErrorCode.InvalidRequest or ErrorCode.Unprocessable)
        {
            failures = ComputeAlone(entries.Length);
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        Finish(entries, begin);
        for (var i = 0; i < entries.Length; i++)
        {
            if ((failure ?? failures?[i]) is { } why)
            {
                RequestOf(entries[i]).TryFail(why);
            }
            else
            {
                RequestOf(entries[i]).Complete(entries[i], _results[i]);
            }
        }
    }

    /// <summary>Lets the batch go, once nobody can stop it any more.</summary>
    public void Clear()
    {
        foreach (var entry in Batch.Entries)
        {
            RequestOf(entry).LetGo(1);
        }

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

    private void Begin(ReadOnlySpan<BatchEntry> entries)
    {
        for (var i = 0; i < entries.Length; i++)
        {
            var request = RequestOf(entries[i]);
            _items[i] = request.ItemOf(entries[i]);
            if (request.TryRun())
            {
                metrics.Queued(request.Queued, request.Trace);
            }
        }
    }

    // An item that the model cannot compute is its own request's fault, not that of those which it happened to be put beside.
    private Exception?[] ComputeAlone(int count)
    {
        var failures = new Exception?[count];
        for (var i = 0; i < count; i++)
        {
            try
            {
                runner.Run(_items.AsSpan(i, 1), _results.AsSpan(i, 1), Batch.Stopping);
            }
            catch (Exception exception)
            {
                failures[i] = exception;
            }
        }

        return failures;
    }

    // Before anybody has an answer: who asks again at once finds a place.
    private void Finish(ReadOnlySpan<BatchEntry> entries, long begin)
    {
        var ticks = time.GetTimestamp() - begin;
        var computed = time.GetElapsedTime(0, ticks);
        drain.Add(entries.Length, computed);
        metrics.Computed(computed);
        QueuedRequest? last = null;
        foreach (var entry in entries)
        {
            entry.Request.Level.GiveBack(1);
            if (entry.Request != last)
            {
                RequestOf(entry).AddComputed(ticks);
                last = entry.Request;
            }
        }
    }

    // Items of one request stand together in a batch.
    private static List<ActivityContext> TracesOf(ReadOnlySpan<BatchEntry> entries)
    {
        if (!HostSpans.Source.HasListeners())
        {
            return NoTraces;
        }

        var traces = new List<ActivityContext>(entries.Length);
        QueuedRequest? last = null;
        foreach (var entry in entries)
        {
            if (entry.Request != last)
            {
                traces.Add(RequestOf(entry).Trace);
                last = entry.Request;
            }
        }

        return traces;
    }

    private static BatchRequest<TItem, TResult> RequestOf(BatchEntry entry) => (BatchRequest<TItem, TResult>)entry.Request;
}
