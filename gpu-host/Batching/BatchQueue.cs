using System.Diagnostics;
using System.Threading.Channels;
using Hybrid.Contracts.Errors;
using Hybrid.GpuHost.Execution;
using Hybrid.GpuHost.Telemetry;

namespace Hybrid.GpuHost.Batching;

/// <summary>
/// Gathers items of many requests into batches for one model. It has ONE owner, a loop that alone touches what waits and what runs;
/// requests, finished runs, departures and the clock only leave a message for it. Items of requests that are over leave the queue
/// uncomputed, and a run of which nobody wants a result is stopped.
/// </summary>
public sealed class BatchQueue<TItem, TResult> : IAsyncDisposable
{
    private readonly Func<TItem, int> _tokensOf;
    private readonly BatchingPolicy _policy;
    private readonly ModelMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly int _maxQueueSize;
    private readonly List<BatchEntry<TItem, TResult>> _waiting = [];
    private readonly List<RunningBatch<TItem, TResult>> _running = [];
    private readonly Stack<BatchLane<TItem, TResult>> _freeLanes;
    private readonly ITimer _timer;
    private readonly Task _owner;

    // Unbounded, because nothing may block or fail here; arrivals are bounded by the places in _taken, the rest by them in turn.
    private readonly Channel<Action> _inbox = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private int _taken;
    private bool _closing;
    private bool _closed;

    /// <param name="runners">Compute the batches, each one at a time: as many as there are run side by side.</param>
    /// <param name="options">The limits.</param>
    /// <param name="name">Names the threads that they run on.</param>
    /// <param name="metrics">Where the queue says what it does.</param>
    /// <param name="time">The clock.</param>
    public BatchQueue(
        IReadOnlyList<IBatchRunner<TItem, TResult>> runners, BatchingOptions options, string name, ModelMetrics metrics, TimeProvider time)
    {
        _tokensOf = runners[0].TokensOf;
        _metrics = metrics;
        _time = time;
        _maxQueueSize = options.MaxQueueSize;
        _policy = new BatchingPolicy(
            options.MaxBatchRequests,
            options.MaxBatchTokens,
            (long)(options.MaxQueueDelayMicroseconds * (double)time.TimestampFrequency / TimeSpan.MicrosecondsPerSecond));
        _freeLanes = new Stack<BatchLane<TItem, TResult>>(runners.Select(runner => new BatchLane<TItem, TResult>(runner, new ExecutionLane(name))));
        _timer = time.CreateTimer(_ => Tell(() => { }), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _owner = Task.Run(OwnAsync);
    }

    /// <summary>Items that wait or run.</summary>
    public int Length => Volatile.Read(ref _taken);

    /// <summary>The results of these items, from whatever batches they end up in.</summary>
    /// <param name="items">All of them get a place in the queue, or none does.</param>
    /// <param name="deadline">Timestamp after which the answer is worth nothing; <see cref="long.MaxValue"/>: none.</param>
    /// <param name="cancellationToken">Gives the items up, waiting or running.</param>
    /// <exception cref="HybridException"><see cref="ErrorCode.Overloaded"/>: no room; <see cref="ErrorCode.Unavailable"/>: the model is being unloaded.</exception>
    public async Task<BatchReply<TResult>> EnqueueAsync(IReadOnlyList<TItem> items, long deadline, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TakePlaces(items.Count);
        using var pass = _metrics.EnterQueue();
        var request = new BatchRequest<TItem, TResult>(items, _time.GetTimestamp(), deadline, Activity.Current?.Context ?? default, pass);
        if (!Tell(() => Arrive(request)))
        {
            TurnAway(request);
        }

        // The request is over the moment that its caller gives up; the owner clears up behind it.
        using var departure = cancellationToken.UnsafeRegister(
            (_, token) =>
            {
                request.Abandon(token);
                Tell(() => { });
            },
            null);
        return await request.Task;
    }

    /// <summary>Takes no more, computes what waits, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        Tell(() => _closing = true);
        await _owner;
        await _timer.DisposeAsync();
        foreach (var lane in _freeLanes)
        {
            lane.Thread.Dispose();
        }
    }

    private void TakePlaces(int count)
    {
        if (Interlocked.Add(ref _taken, count) > _maxQueueSize)
        {
            Interlocked.Add(ref _taken, -count);
            throw new HybridException(new Error(
                ErrorCode.Overloaded, $"The queue of this model is full ({_maxQueueSize} texts).", RetryAfter: TimeSpan.FromSeconds(1)));
        }
    }

    private void TurnAway(BatchRequest<TItem, TResult> request)
    {
        Interlocked.Add(ref _taken, -request.Items.Count);
        request.Fail(new HybridException(ErrorCode.Unavailable, "The model is being unloaded."));
    }

    private bool Tell(Action message) => _inbox.Writer.TryWrite(message);

    // From here on everything runs on the owner's loop.
    private async Task OwnAsync()
    {
        while (await _inbox.Reader.WaitToReadAsync())
        {
            while (_inbox.Reader.TryRead(out var message))
            {
                message();
            }

            DropUnwanted();
            SendDueBatches();
            if (_closing && _waiting.Count == 0 && _running.Count == 0)
            {
                _closed = true;
                _inbox.Writer.TryComplete();
            }
        }
    }

    private void Arrive(BatchRequest<TItem, TResult> request)
    {
        if (_closed)
        {
            TurnAway(request);
            return;
        }

        for (var i = 0; i < request.Items.Count; i++)
        {
            _waiting.Add(new BatchEntry<TItem, TResult>(request, i, _tokensOf(request.Items[i])));
        }
    }

    private void DropUnwanted()
    {
        var dropped = _waiting.RemoveAll(entry => entry.Request.IsOver);
        Interlocked.Add(ref _taken, -dropped);
        _running.ForEach(batch => batch.StopIfUnwanted());
    }

    private void SendDueBatches()
    {
        var dueAt = long.MaxValue;
        while (_waiting.Count > 0 && _freeLanes.Count > 0)
        {
            var now = _time.GetTimestamp();
            var decision = _policy.Decide([.. _waiting.Select(e => new Waiting(e.Tokens, e.Request.EnqueuedAt, e.Request.Deadline))], now);
            if (decision.Batch.Count == 0)
            {
                dueAt = decision.DueAt;
                break;
            }

            Send(decision.Batch, now);
        }

        // Without a free lane the end of a run is what wakes the owner, and without a waiting item an arrival is.
        _timer.Change(
            dueAt == long.MaxValue ? Timeout.InfiniteTimeSpan : Later(_time.GetElapsedTime(_time.GetTimestamp(), dueAt)), Timeout.InfiniteTimeSpan);
    }

    private void Send(IReadOnlyList<int> indices, long now)
    {
        var batch = new RunningBatch<TItem, TResult>([.. indices.Select(index => _waiting[index])], _freeLanes.Pop());
        RemoveWaiting(indices);
        _running.Add(batch);
        foreach (var request in batch.Requests)
        {
            var queued = _time.GetElapsedTime(request.EnqueuedAt, now);
            request.Begin(queued);
            _metrics.Queued(queued, request.Trace);
        }

        _ = ComputeAsync(batch);
    }

    // In one pass: taking a long queue apart item by item would move its rest every time.
    private void RemoveWaiting(IReadOnlyList<int> indices)
    {
        var kept = 0;
        var next = 0;
        for (var i = 0; i < _waiting.Count; i++)
        {
            if (next < indices.Count && indices[next] == i)
            {
                next++;
            }
            else
            {
                _waiting[kept++] = _waiting[i];
            }
        }

        _waiting.RemoveRange(kept, _waiting.Count - kept);
    }

    private async Task ComputeAsync(RunningBatch<TItem, TResult> batch)
    {
        TResult[]? results = null;
        Exception? failure = null;
        var begin = _time.GetTimestamp();
        try
        {
            results = await batch.Lane.Thread.RunAsync(() => Compute(batch));
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        var computed = _time.GetElapsedTime(begin);
        Tell(() => Finish(batch, results, failure, computed));
    }

    // On the lane's thread.
    private TResult[] Compute(RunningBatch<TItem, TResult> batch)
    {
        var entries = batch.Entries;
        using var span = _metrics.BeginBatch(
            entries.Count, entries.Max(entry => entry.Tokens) * entries.Count, HostSpans.Source.HasListeners() ? batch.Requests.Select(request => request.Trace) : []);
        var results = new TResult[entries.Count];
        batch.Lane.Runner.Run([.. entries.Select(entry => entry.Item)], results, batch.Stopping);
        return results;
    }

    private void Finish(RunningBatch<TItem, TResult> batch, TResult[]? results, Exception? failure, TimeSpan computed)
    {
        _running.Remove(batch);
        _freeLanes.Push(batch.Lane);
        batch.Dispose();
        Interlocked.Add(ref _taken, -batch.Entries.Count);
        _metrics.Computed(computed);
        foreach (var request in batch.Requests)
        {
            request.AddComputed(computed);
        }

        for (var i = 0; i < batch.Entries.Count; i++)
        {
            var (request, index, _) = batch.Entries[i];
            if (results is null)
            {
                request.Fail(failure!);
            }
            else
            {
                request.Complete(index, results[i]);
            }
        }
    }

    // Timers count whole milliseconds; one that fires too early would only look and set itself again.
    private static TimeSpan Later(TimeSpan due) => TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(due.TotalMilliseconds)));
}
