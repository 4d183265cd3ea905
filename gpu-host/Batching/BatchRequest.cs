using System.Diagnostics;
using System.Threading.Tasks.Sources;
using Hybrid.GpuHost.Telemetry;

namespace Hybrid.GpuHost.Batching;

/// <summary>
/// The items of one request on their way through the queue, their results, and the task of who waits for them. It is used again: each of its
/// entries holds it until it left the queue or its run is over, and its caller until the reply is read or the failure thrown; the last of
/// them gives it back.
/// </summary>
internal sealed class BatchRequest<TItem, TResult>(BatchQueue<TItem, TResult> queue, QueueCounts counts, TimeProvider time)
    : QueuedRequest, IValueTaskSource<BatchReply<TResult>>, IBatchReplySource<TResult>
{
    private const int Waiting = 0;
    private const int Running = 1;
    private const int Answered = 2;
    private const int Failed = 3;

    // More than a request usually has: one with more is left to the collector, so that a few of them do not hold memory for ever.
    private const int MostKept = 32;

    private ManualResetValueTaskSourceCore<BatchReply<TResult>> _task = new() { RunContinuationsAsynchronously = true };
    private TItem[] _items = [];
    private TResult[] _results = [];
    private CancellationTokenRegistration _departure;
    private int _state;
    private int _missing;
    private int _holders;
    private long _computed;

    /// <summary>The span that it belongs to, if anybody listens.</summary>
    public ActivityContext Trace { get; private set; }

    public bool CanBeKept => _items.Length <= MostKept;

    public ReadOnlySpan<TResult> Results => _results.AsSpan(0, Count);

    public TimeSpan Queued => time.GetElapsedTime(EnqueuedAt, BegunAt);

    public TimeSpan Computed => time.GetElapsedTime(0, Volatile.Read(ref _computed));

    public TItem ItemOf(BatchEntry entry) => _items[entry.Index];

    public void Begin(ReadOnlySpan<TItem> items, QueueLevel level, long now, long deadline, long timeoutAt)
    {
        Begin(items.Length, level, now, deadline, timeoutAt);
        if (_items.Length < items.Length)
        {
            _items = new TItem[items.Length];
            _results = new TResult[items.Length];
        }

        items.CopyTo(_items);
        Trace = HostSpans.Source.HasListeners() ? Activity.Current?.Context ?? default : default;
        _missing = items.Length;
        _holders = items.Length + 1;
        _computed = 0;
        _state = Waiting;
        counts.Move(waiting: 1, running: 0);
    }

    /// <summary>What the caller waits on. Once.</summary>
    public ValueTask<BatchReply<TResult>> WaitAsync(CancellationToken cancellationToken)
    {
        var version = _task.Version;
        _departure = cancellationToken.UnsafeRegister(
            static (request, token) =>
            {
                var self = (BatchRequest<TItem, TResult>)request!;
                self.TryFail(new OperationCanceledException(token));
            },
            this);
        return new ValueTask<BatchReply<TResult>>(this, version);
    }

    /// <summary>Its first item reached the device; false: another one did before, or it is over.</summary>
    public bool TryRun()
    {
        if (Interlocked.CompareExchange(ref _state, Running, Waiting) != Waiting)
        {
            return false;
        }

        counts.Move(waiting: -1, running: 1);
        return true;
    }

    public void AddComputed(long ticks) => Interlocked.Add(ref _computed, ticks);

    public void Complete(BatchEntry entry, TResult result)
    {
        _results[entry.Index] = result;
        entry.Arrived = true;
        if (Interlocked.Decrement(ref _missing) == 0 && TryEnd(Answered))
        {
            _task.SetResult(new BatchReply<TResult>(this, _task.Version));
        }
    }

    /// <summary>Ends it, if it is not over yet: what is left of it leaves the queue and the device.</summary>
    public void TryFail(Exception exception)
    {
        if (TryEnd(Failed))
        {
            queue.Withdraw(this);
            _task.SetException(exception);
        }
    }

    /// <summary>This many entries need it no more.</summary>
    public void LetGo(int holders)
    {
        if (Interlocked.Add(ref _holders, -holders) == 0)
        {
            Reset();
            queue.GiveBack(this);
        }
    }

    void IBatchReplySource<TResult>.GiveBack(short version)
    {
        if (version == _task.Version)
        {
            // A second time it is another version.
            _task.Reset();
            LetGo(1);
        }
    }

    BatchReply<TResult> IValueTaskSource<BatchReply<TResult>>.GetResult(short token)
    {
        // Waits for a departure that is just being noticed: none comes later, when this is another request.
        _departure.Dispose();
        if (_task.GetStatus(token) == ValueTaskSourceStatus.Succeeded)
        {
            return _task.GetResult(token);
        }

        try
        {
            return _task.GetResult(token);
        }
        finally
        {
            _task.Reset();
            LetGo(1);
        }
    }

    ValueTaskSourceStatus IValueTaskSource<BatchReply<TResult>>.GetStatus(short token) => _task.GetStatus(token);

    void IValueTaskSource<BatchReply<TResult>>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _task.OnCompleted(continuation, state, token, flags);

    private bool TryEnd(int how)
    {
        for (var state = Volatile.Read(ref _state); state < Answered;)
        {
            var seen = Interlocked.CompareExchange(ref _state, how, state);
            if (seen == state)
            {
                counts.Move(waiting: state == Waiting ? -1 : 0, running: state == Running ? -1 : 0);
                return true;
            }

            state = seen;
        }

        return false;
    }

    private void Reset()
    {
        if (_state != Answered)
        {
            foreach (var entry in Entries)
            {
                if (entry.Arrived)
                {
                    queue.Release(_results[entry.Index]);
                }
            }
        }

        Array.Clear(_items, 0, Count);
        Array.Clear(_results, 0, Count);
        Trace = default;
        _departure = default;
    }
}
