using Hybrid.Contracts.Errors;
using Hybrid.GpuHost.Telemetry;
using Microsoft.Extensions.ObjectPool;

namespace Hybrid.GpuHost.Batching;

/// <summary>
/// Gathers items of many requests into batches for one model. One lock guards what waits, and is held for a few list operations at a time.
/// Lanes, a thread for each instance, take their batches themselves: one that has finished looks for the next at once, so under load
/// nobody is woken, and an idle one is woken by the request that it begins with. Items of requests that are over leave the queue
/// uncomputed, and a run of which nobody wants a result is stopped. In steady state nothing is allocated, neither for a batch nor for a request.
/// A queue that takes over from another begins as that one ends.
/// </summary>
public sealed class BatchQueue<TItem, TResult> : IAsyncDisposable
{
    // Some hundred kilobytes; past it requests are left to the collector.
    private const int MostRequestsKept = 1024;

    // A run that does not end shall not keep the next version from answering.
    private static readonly TimeSpan LongestHandover = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly IBatchRunner<TItem, TResult> _runner;
    private readonly ModelMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly QueueLevels _levels;
    private readonly WaitingRequests _waiting;
    private readonly BatchLane<TItem, TResult>[] _lanes;
    private readonly ITimer _timer;
    private readonly Task _work;
    private readonly ObjectPool<BatchRequest<TItem, TResult>> _requests;

    // The last one in goes to work first: what it needs is still in its core's cache.
    private readonly Stack<BatchLane<TItem, TResult>> _idle;
    private long _timerAt = long.MaxValue;
    private bool _closing;

    // Lanes that stay idle until one of the queue before this is done, or until then.
    private int _held;
    private long _heldUntil;
    private BatchQueue<TItem, TResult>? _successor;

    /// <param name="runners">Compute the batches, each one at a time: as many as there are run side by side.</param>
    /// <param name="settings">The limits.</param>
    /// <param name="name">Names the threads that they run on.</param>
    /// <param name="metrics">Where the queue says what it does.</param>
    /// <param name="time">The clock. Its timers count whole milliseconds, so a delay ends at the next.</param>
    public BatchQueue(
        IReadOnlyList<IBatchRunner<TItem, TResult>> runners, BatchingSettings settings, string name, ModelMetrics metrics, TimeProvider time)
    {
        _runner = runners[0];
        _metrics = metrics;
        _time = time;
        var drain = new DrainRate(runners.Count);
        _levels = new QueueLevels(settings, drain);
        _waiting = new WaitingRequests(settings, Ticks(settings.MaxQueueDelayMicroseconds));
        _idle = new Stack<BatchLane<TItem, TResult>>(runners.Count);
        _requests = new DefaultObjectPool<BatchRequest<TItem, TResult>>(new RequestPolicy(this), MostRequestsKept);
        _timer = time.CreateTimer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _lanes = [.. runners.Select(runner => new BatchLane<TItem, TResult>(runner, settings.MaxBatchSize, name, drain, metrics, time))];
        _work = Task.WhenAll(_lanes.Select(lane => lane.RunAsync(Work)));
    }

    /// <summary>Items that wait or run.</summary>
    public int Length => _levels.Taken;

    /// <summary>Buffers with results that were not given back yet.</summary>
    public int LentBuffers => _lanes.Sum(lane => lane.LentBuffers);

    /// <summary>The results of these items, from whatever batches they end up in. Await it once, and dispose the reply.</summary>
    /// <param name="items">All of them get a place in the queue, or none does.</param>
    /// <param name="deadline">Timestamp after which the answer is worth nothing; <see cref="long.MaxValue"/>: none.</param>
    /// <param name="schedule">How the request wants to wait.</param>
    /// <param name="cancellationToken">Gives the items up, waiting or running.</param>
    /// <exception cref="HybridException">
    /// <see cref="ErrorCode.Overloaded"/>: no room; <see cref="ErrorCode.DeadlineExceeded"/>: the deadline or the time-out came first;
    /// <see cref="ErrorCode.Unavailable"/>: the model is being unloaded.
    /// </exception>
    public ValueTask<BatchReply<TResult>> EnqueueAsync(
        ReadOnlySpan<TItem> items, long deadline, RequestSchedule schedule, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfZero(items.Length);
        cancellationToken.ThrowIfCancellationRequested();
        var level = _levels.Of(schedule.Priority);
        if (!level.TryTake(items.Length))
        {
            throw _levels.Full(level, items.Length);
        }

        var request = _requests.Get();
        var now = _time.GetTimestamp();
        var timeout = level.Policy.TimeoutMicroseconds(schedule.TimeoutMicroseconds);
        request.Begin(items, level, now, deadline, timeout == 0 ? long.MaxValue : now + Ticks(timeout));
        for (var i = 0; i < items.Length; i++)
        {
            request.Entries[i].Tokens = _runner.TokensOf(items[i]);
            request.Entries[i].Size = _runner.SizeOf(items[i]);
        }

        Arrive(request, now);
        return request.WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Begins lane by lane, as those of <paramref name="before"/> find nothing more to do, so that what came first is computed first. Side by side the
    /// two would share the cores, and what came last to the old queue would take twice as long.
    /// </summary>
    /// <param name="before">Gets no more requests but for those that are on their way to it.</param>
    public void TakeOver(BatchQueue<TItem, TResult> before)
    {
        // Always the older queue's lock first.
        lock (before._lock)
        {
            lock (_lock)
            {
                var now = _time.GetTimestamp();
                before._successor = this;
                _held = Math.Min(_lanes.Length, before._lanes.Length - before._idle.Count + before.HeldAt(now));
                _heldUntil = now + Ticks((long)LongestHandover.TotalMicroseconds);
            }
        }
    }

    /// <summary>Takes no more, computes what waits, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _closing = true;
            while (_idle.TryPop(out var lane))
            {
                lane.Wake();
            }
        }

        await _work;
        await _timer.DisposeAsync();
        foreach (var lane in _lanes)
        {
            lane.Dispose();
        }
    }

    /// <summary>What of this request waits leaves the queue; a batch of which it was the last is stopped.</summary>
    internal void Withdraw(BatchRequest<TItem, TResult> request)
    {
        int dropped;
        List<CancellationTokenSource>? unwanted = null;
        lock (_lock)
        {
            dropped = _waiting.Remove(request);
            foreach (var entry in request.Entries)
            {
                if (entry.Batch?.Forsake(entry) is { } stop)
                {
                    (unwanted ??= []).Add(stop);
                }
            }
        }

        request.Level.GiveBack(dropped);
        unwanted?.ForEach(stop => stop.Cancel());
        request.LetGo(dropped);
    }

    /// <summary>A result that nobody takes.</summary>
    internal void Release(TResult result) => _runner.Release(result);

    internal void GiveBack(BatchRequest<TItem, TResult> request) => _requests.Return(request);

    private void Arrive(BatchRequest<TItem, TResult> request, long now)
    {
        BatchLane<TItem, TResult>? lane = null;
        bool taken;
        lock (_lock)
        {
            taken = !_closing;
            if (taken)
            {
                _waiting.Add(request);
                lane = LaneForDue(now);
            }
        }

        // Outside the lock: the lane wants it first of all.
        lane?.Wake();
        if (!taken)
        {
            Drop(request, request.Count, new Error(ErrorCode.Unavailable, "The model is being unloaded."));
        }
    }

    // Under the lock: an idle lane, if there is work for it; otherwise the timer is set to when there will be.
    private BatchLane<TItem, TResult>? LaneForDue(long now)
    {
        var dueAt = long.MaxValue;
        BatchLane<TItem, TResult>? lane = null;
        var held = HeldAt(now);
        if (_idle.Count > held && _waiting.TryFindDue(now, _closing, out _, out dueAt))
        {
            lane = _idle.Pop();
        }
        else if (held > 0 && _waiting.Count > 0)
        {
            dueAt = Math.Min(dueAt, _heldUntil);
        }

        // Without an idle lane the end of a run is when the queue is looked at, and only what expires before needs the timer.
        var at = Math.Min(_waiting.ExpiresAt, dueAt);
        if (at < _timerAt)
        {
            _timerAt = at;
            var left = _time.GetElapsedTime(now, at);

            // Timers count whole milliseconds; one that fires too early would only look and set itself again.
            _timer.Change(TimeSpan.FromMilliseconds(Math.Clamp(Math.Ceiling(left.TotalMilliseconds), 1, int.MaxValue)), Timeout.InfiniteTimeSpan);
        }

        return lane;
    }

    // By the timer.
    private void Look()
    {
        QueuedRequest? expired;
        BatchLane<TItem, TResult>? lane;
        var now = _time.GetTimestamp();
        lock (_lock)
        {
            _timerAt = long.MaxValue;
            expired = _waiting.Expire(now);
            lane = LaneForDue(now);
        }

        lane?.Wake();
        FailExpired(expired, now);
    }

    // On the lane's thread.
    private void Work(BatchLane<TItem, TResult> lane)
    {
        while (TryTake(lane, out var now))
        {
            if (lane.Batch.Entries.IsEmpty)
            {
                lane.Sleep();
            }
            else
            {
                lane.Compute(now);
                lock (_lock)
                {
                    lane.Batch.Detach();
                }

                lane.Clear();
            }
        }
    }

    // False: the queue is closed. No batch: nothing is due, and the lane counts as idle.
    private bool TryTake(BatchLane<TItem, TResult> lane, out long now)
    {
        QueuedRequest? expired;
        BatchLane<TItem, TResult>? next;
        BatchQueue<TItem, TResult>? successor;
        bool open;
        now = _time.GetTimestamp();
        lock (_lock)
        {
            expired = _waiting.Expire(now);
            DueBatch due = default;
            if ((_closing || _idle.Count >= HeldAt(now)) && _waiting.TryFindDue(now, _closing, out due, out _, _idle.Count + 1))
            {
                _waiting.Take(due, now, lane.Batch);
            }

            open = !_closing || due.Count > 0;
            if (open && due.Count == 0)
            {
                _idle.Push(lane);
            }

            successor = due.Count == 0 ? _successor : null;

            // There may be enough for others too.
            next = LaneForDue(now);
        }

        next?.Wake();
        successor?.LetLaneGo(now);
        FailExpired(expired, now);
        return open;
    }

    // A lane of the queue before this is done. Where nothing waits for it here, one of the queue after this may go.
    private void LetLaneGo(long now)
    {
        BatchLane<TItem, TResult>? lane;
        BatchQueue<TItem, TResult>? successor;
        lock (_lock)
        {
            if (_held == 0)
            {
                return;
            }

            _held--;
            lane = LaneForDue(now);
            successor = lane is null ? _successor : null;
        }

        lane?.Wake();
        successor?.LetLaneGo(now);
    }

    private int HeldAt(long now) => now < _heldUntil ? _held : 0;

    private static void FailExpired(QueuedRequest? expired, long now)
    {
        while (expired is BatchRequest<TItem, TResult> request)
        {
            (expired, request.NextExpired) = (request.NextExpired, null);
            Drop(request, request.Dropped, request.Deadline <= now
                ? new Error(ErrorCode.DeadlineExceeded, "The budget ended while the request waited for the model.")
                : new Error(ErrorCode.DeadlineExceeded, "The request waited for the model as long as its queue allows.", "timeout"));
        }
    }

    // The places first: who asks again at once finds one.
    private static void Drop(BatchRequest<TItem, TResult> request, int items, Error error)
    {
        request.Level.GiveBack(items);
        request.TryFail(new HybridException(error));
        request.LetGo(items);
    }

    private long Ticks(long microseconds) => (long)(microseconds * (double)_time.TimestampFrequency / TimeSpan.MicrosecondsPerSecond);

    private sealed class RequestPolicy(BatchQueue<TItem, TResult> queue) : IPooledObjectPolicy<BatchRequest<TItem, TResult>>
    {
        public BatchRequest<TItem, TResult> Create() => new(queue, queue._metrics.Counts, queue._time);

        public bool Return(BatchRequest<TItem, TResult> request) => request.CanBeKept;
    }
}
