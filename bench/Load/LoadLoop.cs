using System.Diagnostics;
using System.Net;
using Hybrid.Load.Connections;

namespace Hybrid.Load;

/// <summary>
/// The client's one thread. Each round:
/// <list type="number">
/// <item>what is due by now joins those that wait, with the moment at which it was due;</item>
/// <item>those that wait go out on idle connections, oldest first;</item>
/// <item>it sleeps until a socket is ready or the next request is due;</item>
/// <item>it takes what came, and notes whose reply is whole.</item>
/// </list>
/// </summary>
internal sealed class LoadLoop : IDisposable
{
    private const int BufferSize = 256 * 1024;

    /// <summary>Longest sleep: so soon a cancellation and a reply's timeout are noticed.</summary>
    private static readonly long Tick = Stopwatch.Frequency / 20;

    private readonly LoadPlan _plan;
    private readonly LoadRecorder _recorder;
    private readonly LoadConnection[] _connections;
    private readonly Polled[] _polled;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferSize, pinned: true);
    private readonly Stack<int> _idle;
    private readonly bool[] _isListed;
    private readonly Queue<long> _waiting = new();
    private readonly Func<double>? _gaps;
    private readonly long _countedFrom;
    private readonly long _end;
    private readonly long _timeout;
    private double _nextDue;
    private long _nextTick;
    private int _busy;
    private int _nextRequest;

    public LoadLoop(LoadPlan plan, EndPoint server, LoadRecorder recorder)
    {
        ArgumentOutOfRangeException.ThrowIfZero(plan.Requests.Count);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(plan.Connections);
        (_plan, _recorder) = (plan, recorder);
        _connections = [.. Enumerable.Range(0, plan.Connections).Select(_ => new LoadConnection(server))];
        _polled = new Polled[plan.Connections];
        _idle = new Stack<int>(plan.Connections);
        _isListed = new bool[plan.Connections];
        foreach (var connection in _connections)
        {
            connection.Connect(wait: true);
        }

        var now = Stopwatch.GetTimestamp();
        for (var i = 0; i < plan.Connections; i++)
        {
            Renew(i, now);
        }

        _countedFrom = now + Timestamps(plan.WarmUp);
        _end = _countedFrom + Timestamps(plan.Duration);
        _timeout = Timestamps(plan.Timeout);
        _gaps = plan.Arrivals?.BeginGaps();
        _nextDue = now;
    }

    public long Sent { get; private set; }

    public void Run(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var now = Stopwatch.GetTimestamp();
            Arrive(now);
            SendWaiting(now);
            if (now >= _nextTick)
            {
                LookAfterConnections(now);
                _nextTick = now + Tick;
            }

            if (now >= _end && ((_busy == 0 && _waiting.Count == 0) || now >= _end + _timeout))
            {
                GiveUp(now);
                return;
            }

            var wake = _gaps is not null && now < _end && _idle.Count > 0 ? Math.Min(_nextTick, (long)_nextDue) : _nextTick;
            if (_plan.Rest > TimeSpan.Zero)
            {
                Libc.Wait([], _plan.Rest);
            }

            Libc.Wait(_polled, Stopwatch.GetElapsedTime(now, Math.Max(now, wake)));
            TakeReady();
        }
    }

    public void Dispose() => Array.ForEach(_connections, connection => connection.Dispose());

    private static long Timestamps(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);

    // 1
    private void Arrive(long now)
    {
        while (_gaps is not null && _nextDue <= now && _nextDue < _end)
        {
            _waiting.Enqueue((long)_nextDue);
            _nextDue += _gaps() * Stopwatch.Frequency;
        }
    }

    // 2
    private void SendWaiting(long now)
    {
        while (_idle.Count > 0 && (_gaps is null ? now < _end : _waiting.Count > 0))
        {
            var index = _idle.Pop();
            _isListed[index] = false;
            if (_connections[index].State == ConnectionState.Idle)
            {
                Send(index, _gaps is null ? now : _waiting.Dequeue(), now);
            }
        }
    }

    private void Send(int index, long dueAt, long now)
    {
        var request = _nextRequest;
        _nextRequest = (request + 1) % _plan.Requests.Count;
        Sent++;
        _busy++;
        Note(index, _connections[index].Send(request, _plan.Requests[request].Bytes, dueAt, now));
    }

    // 4
    private void TakeReady()
    {
        for (var i = 0; i < _polled.Length; i++)
        {
            if (_polled[i].Ready != 0)
            {
                Note(i, _connections[i].Advance(_polled[i].Ready, _buffer));
            }
        }
    }

    private void Note(int index, ConnectionEvent what)
    {
        var connection = _connections[index];
        var now = Stopwatch.GetTimestamp();
        switch (what)
        {
            case ConnectionEvent.Replied:
                _busy--;
                TakeReply(connection, now);
                if (_gaps is null && connection.Status is 429 or 503)
                {
                    // Who was turned away and asks again at once would measure refusals: the connection rests until it is looked after.
                    _polled[index] = connection.Polled;
                    return;
                }

                break;
            case ConnectionEvent.Closed or ConnectionEvent.Malformed:
                _busy--;
                Fail(what == ConnectionEvent.Closed ? LoadFailure.Closed : LoadFailure.Malformed, connection.DueAt, now);
                break;
            case ConnectionEvent.Connected:
                connection.NextTry = 0;
                break;
        }

        Renew(index, now);
    }

    private void TakeReply(LoadConnection connection, long now)
    {
        if (_gaps is null && now < _countedFrom)
        {
            _recorder.Began(now);
        }
        else if (_gaps is null ? now < _end : connection.DueAt >= _countedFrom)
        {
            _recorder.Replied(connection.Status, connection.DueAt, now, _plan.Requests[connection.Request].Work);
        }
    }

    /// <summary>Lists a connection that became idle, and opens a closed one again.</summary>
    private void Renew(int index, long now)
    {
        var connection = _connections[index];
        if (connection.State == ConnectionState.Closed && now >= connection.NextTry)
        {
            connection.NextTry = now + Tick;
            connection.Connect(wait: false);
        }

        if (connection.State == ConnectionState.Idle && !_isListed[index])
        {
            _isListed[index] = true;
            _idle.Push(index);
        }

        _polled[index] = connection.Polled;
    }

    private void LookAfterConnections(long now)
    {
        for (var i = 0; i < _connections.Length; i++)
        {
            var connection = _connections[i];
            if (connection.State == ConnectionState.Busy && now - connection.SentAt > _timeout)
            {
                TimeOut(connection, now);
            }

            Renew(i, now);
        }
    }

    private void TimeOut(LoadConnection connection, long now)
    {
        _busy--;
        connection.Dispose();
        Fail(LoadFailure.TimedOut, connection.DueAt, now);
    }

    private void GiveUp(long now)
    {
        foreach (var connection in _connections.Where(connection => connection.State == ConnectionState.Busy))
        {
            TimeOut(connection, now);
        }

        while (_waiting.TryDequeue(out var dueAt))
        {
            Fail(LoadFailure.Unsent, dueAt, now);
        }
    }

    private void Fail(LoadFailure failure, long dueAt, long now)
    {
        if (now >= _countedFrom && (_gaps is null || dueAt >= _countedFrom))
        {
            _recorder.Failed(failure, dueAt, now);
        }
    }
}
