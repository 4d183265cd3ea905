namespace Hybrid.LocalHost.Durable.Engine;

/// <summary>Signals instances when their timers are due. The timers themselves are on disk; this is only the alarm clock.</summary>
internal sealed class TimerQueue : IDisposable
{
    /// <summary>Longest sleep: the wall clock may be set, or stand still while a laptop sleeps.</summary>
    private static readonly TimeSpan MaxSleep = TimeSpan.FromMinutes(1);

    private readonly PriorityQueue<string, DateTime> _due = new();
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly Action<string> _signal;
    private readonly ITimer _alarm;
    private bool _disposed;

    public TimerQueue(TimeProvider time, Action<string> signal)
    {
        _time = time;
        _signal = signal;
        _alarm = time.CreateTimer(static queue => ((TimerQueue)queue!).Ring(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <param name="instanceId">Who is signalled.</param>
    /// <param name="dueAt">When (UTC).</param>
    public void Add(string instanceId, DateTime dueAt)
    {
        lock (_lock)
        {
            _due.Enqueue(instanceId, dueAt);
            if (_due.Peek() == instanceId)
                SetAlarm();
        }
    }

    public void Dispose()
    {
        lock (_lock)
            _disposed = true;
        _alarm.Dispose();
    }

    private DateTime Now => _time.GetUtcNow().UtcDateTime;

    private void Ring()
    {
        var ringing = new List<string>();
        lock (_lock)
        {
            var now = Now;
            while (_due.TryPeek(out _, out var dueAt) && dueAt <= now)
                ringing.Add(_due.Dequeue());
            SetAlarm();
        }
        foreach (var instanceId in ringing)
            _signal(instanceId);
    }

    private void SetAlarm()
    {
        var then = Now;
        DateTime now;
        do
        {
            now = then;
            if (_disposed || !_due.TryPeek(out _, out var dueAt))
                return;
            // A timer that rings a moment early would find nothing due: round up to the clock's millisecond.
            var milliseconds = Math.Clamp(Math.Ceiling((dueAt - now).TotalMilliseconds), 0, MaxSleep.TotalMilliseconds);
            _alarm.Change(TimeSpan.FromMilliseconds(milliseconds), Timeout.InfiniteTimeSpan);
            then = Now;
        }
        // Did the clock go on between being read and setting the alarm (this thread was held up), it would ring that much later.
        while (then - now >= TimeSpan.FromMilliseconds(1));
    }
}
