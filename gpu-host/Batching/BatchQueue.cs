using System.Diagnostics;
using System.Globalization;
using Hybrid.Contracts.Errors;
using Hybrid.GpuHost.Telemetry;
using Microsoft.Extensions.ObjectPool;

namespace Hybrid.GpuHost.Batching;

/// <summary>
/// Gathers items of many requests into batches for one model. One lock guards what waits, and is held for a few list operations at a time.
/// Lanes, a thread for each instance, take their batches themselves: one that has finished looks for the next at once, so under load
/// nobody is woken, and an idle one is woken by the request that it begins with. Items of requests that are over leave the queue
/// uncomputed, and a run of which nobody wants a result is stopped. In steady state nothing is allocated, neither for a batch nor for a request.
/// </summary>
public sealed class BatchQueue<TItem, TResult> : IAsyncDisposable
{
    private static readonly List<ActivityContext> NoTraces = [];

    // Some hundred kilobytes; past it requests are left to the collector.
    private const int MostRequestsKept = 1024;

    private static readonly TimeSpan ShortestRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(60);

    private readonly Lock _lock = new();
    private readonly IBatchRunner<TItem, TResult> _runner;
    private readonly BatchingSettings _settings;
    private readonly ModelMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly QueueLevel[] _levels;
    private readonly WaitingRequests _waiting;
    private readonly BatchLane<TItem, TResult>[] _lanes;
    private readonly DrainRate _drain;
    private readonly ITimer _timer;
    private readonly Task _work;
    private readonly ObjectPool<BatchRequest<TItem, TResult>> _requests;

    // The last one in goes to work first: what it needs is still in its core's cache.
    private readonly Stack<BatchLane<TItem, TResult>> _idle;
    private long _timerAt = long.MaxValue;
    private bool _closing;

    /// <param name="runners">Compute the batches, each one at a time: as many as there are run side by side.</param>
    /// <param name="settings">The limits.</param>
    /// <param name="name">Names the threads that they run on.</param>
    /// <param name="metrics">Where the queue says what it does.</param>
    /// <param name="time">The clock. Its timers count whole milliseconds, so a delay ends at the next.</param>
    public BatchQueue(
        IReadOnlyList<IBatchRunner<TItem, TResult>> runners, BatchingSettings settings, string name, ModelMetrics metrics, TimeProvider time)
    {
        _runner = runners[0];
        _settings = settings;
        _metrics = metrics;
        _time = time;
        _levels = [.. settings.Levels.Select((policy, i) => new QueueLevel(i + 1, policy))];
        _waiting = new WaitingRequests(settings, Ticks(settings.MaxQueueDelayMicroseconds));
        _drain = new DrainRate(runners.Count);
        _idle = new Stack<BatchLane<TItem, TResult>>(runners.Count);
        _requests = new DefaultObjectPool<BatchRequest<TItem, TResult>>(new RequestPolicy(this), MostRequestsKept);
        _timer = time.CreateTimer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _lanes = [.. runners.Select(runner => new BatchLane<TItem, TResult>(runner, settings.MaxBatchSize, name))];
        _work = Task.WhenAll(_lanes.Select(lane => lane.RunAsync(Work)));
    }

    /// <summary>Items that wait or run.</summary>
    public int Length
    {
        get
        {
            var length = 0;
            foreach (var level in _levels)
            {
                length += level.Taken;
            }

            return length;
        }
    }

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
        cancellationToken.ThrowIfCancellationRequested();
        var level = LevelOf(schedule.Priority);
        if (!level.TryTake(items.Length))
        {
            throw Full(level, items.Length);
        }

        var request = _requests.Get();
        var now = _time.GetTimestamp();
        var timeout = level.Policy.TimeoutMicroseconds(schedule.TimeoutMicroseconds);
        request.Begin(items, level, now, deadline, timeout == 0 ? long.MaxValue : now + Ticks(timeout));
        for (var i = 0; i < items.Length; i++)
        {
            request.Entries[i].Tokens = _runner.TokensOf(items[i]);
        }

        Arrive(request, now);
        return request.WaitAsync(cancellationToken);
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

        unwanted?.ForEach(stop => stop.Cancel());
        LetGo(request, dropped);
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
            request.TryFail(new HybridException(ErrorCode.Unavailable, "The model is being unloaded."));
            LetGo(request, request.Count);
        }
    }

    // Under the lock: an idle lane, if there is work for it; otherwise the timer is set to when there will be.
    private BatchLane<TItem, TResult>? LaneForDue(long now)
    {
        var dueAt = long.MaxValue;
        BatchLane<TItem, TResult>? lane = null;
        if (_idle.Count > 0 && _waiting.TryFindDue(now, _closing, out _, out dueAt))
        {
            lane = _idle.Pop();
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
                Compute(lane, now);
                lock (_lock)
                {
                    lane.Batch.Detach();
                }

                foreach (var entry in lane.Batch.Entries)
                {
                    ((BatchRequest<TItem, TResult>)entry.Request).LetGo(1);
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
        bool open;
        now = _time.GetTimestamp();
        lock (_lock)
        {
            expired = _waiting.Expire(now);
            if (_waiting.TryFindDue(now, _closing, out var due, out _))
            {
                _waiting.Take(due, now, lane.Batch);
            }

            open = !_closing || due.Size > 0;
            if (open && due.Size == 0)
            {
                _idle.Push(lane);
            }

            // There may be enough for others too.
            next = LaneForDue(now);
        }

        next?.Wake();
        FailExpired(expired, now);
        return open;
    }

    private void Compute(BatchLane<TItem, TResult> lane, long begin)
    {
        var entries = lane.Batch.Entries;
        var results = ReadOnlySpan<TResult>.Empty;
        Exception? failure = null;
        try
        {
            Begin(entries);
            using var span = _metrics.BeginBatch(entries.Length, lane.Batch.Tokens, TracesOf(entries));
            results = lane.Compute();
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        Finish(entries, begin);
        for (var i = 0; i < entries.Length; i++)
        {
            var request = (BatchRequest<TItem, TResult>)entries[i].Request;
            if (failure is null)
            {
                request.Complete(entries[i], results[i]);
            }
            else
            {
                request.TryFail(failure);
            }
        }
    }

    private void Begin(ReadOnlySpan<BatchEntry> entries)
    {
        foreach (var entry in entries)
        {
            if (entry.Request is BatchRequest<TItem, TResult> request && request.TryRun())
            {
                _metrics.Queued(request.Queued, request.Trace);
            }
        }
    }

    // Before anybody has an answer: who asks again at once finds a place.
    private void Finish(ReadOnlySpan<BatchEntry> entries, long begin)
    {
        var ticks = _time.GetTimestamp() - begin;
        var computed = _time.GetElapsedTime(0, ticks);
        _drain.Add(entries.Length, computed);
        _metrics.Computed(computed);
        BatchRequest<TItem, TResult>? last = null;
        foreach (var entry in entries)
        {
            var request = (BatchRequest<TItem, TResult>)entry.Request;
            request.Level.GiveBack(1);

            // Items of one request stand together in a batch.
            if (request != last)
            {
                request.AddComputed(ticks);
                last = request;
            }
        }
    }

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
                traces.Add(((BatchRequest<TItem, TResult>)entry.Request).Trace);
                last = entry.Request;
            }
        }

        return traces;
    }

    private static void FailExpired(QueuedRequest? expired, long now)
    {
        while (expired is BatchRequest<TItem, TResult> request)
        {
            (expired, request.NextExpired) = (request.NextExpired, null);
            var dropped = request.Dropped;
            request.TryFail(new HybridException(request.Deadline <= now
                ? new Error(ErrorCode.DeadlineExceeded, "The budget ended while the request waited for the model.")
                : new Error(ErrorCode.DeadlineExceeded, "The request waited for the model as long as its queue allows.", "timeout")));
            LetGo(request, dropped);
        }
    }

    private static void LetGo(BatchRequest<TItem, TResult> request, int items)
    {
        if (items > 0)
        {
            request.Level.GiveBack(items);
            request.LetGo(items);
        }
    }

    private QueueLevel LevelOf(int priority) => _levels[(priority >= 1 && priority <= _levels.Length ? priority : _settings.DefaultLevel) - 1];

    private HybridException Full(QueueLevel level, int items)
    {
        // What is to be done before there is room: the work of its level and of those above.
        var ahead = items + _levels.Take(level.Number).Sum(other => other.Taken);
        var seconds = Math.Clamp((_drain.TimeFor(ahead) ?? ShortestRetry).TotalSeconds, ShortestRetry.TotalSeconds, LongestRetry.TotalSeconds);
        var which = _levels.Length == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" at priority {level.Number}");
        return new HybridException(new Error(
            ErrorCode.Overloaded,
            string.Create(CultureInfo.InvariantCulture, $"The queue of this model is full{which} ({level.Policy.MaxQueueSize} items)."),
            RetryAfter: TimeSpan.FromSeconds(Math.Ceiling(seconds))));
    }

    private long Ticks(long microseconds) => (long)(microseconds * (double)_time.TimestampFrequency / TimeSpan.MicrosecondsPerSecond);

    private sealed class RequestPolicy(BatchQueue<TItem, TResult> queue) : IPooledObjectPolicy<BatchRequest<TItem, TResult>>
    {
        public BatchRequest<TItem, TResult> Create() => new(queue, queue._metrics.Counts, queue._time);

        public bool Return(BatchRequest<TItem, TResult> request) => request.CanBeKept;
    }
}
