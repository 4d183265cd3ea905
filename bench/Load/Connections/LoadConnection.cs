using System.Net;
using System.Net.Sockets;
using Hybrid.Load.Replies;

namespace Hybrid.Load.Connections;

internal enum ConnectionState
{
    /// <summary>There is none; one is tried again at <see cref="LoadConnection.NextTry"/>.</summary>
    Closed,

    Connecting,
    Idle,

    /// <summary>A request is on its way, or its reply.</summary>
    Busy,
}

/// <summary>What an event on a connection led to.</summary>
internal enum ConnectionEvent
{
    None,

    /// <summary>It is connected now, and idle.</summary>
    Connected,

    /// <summary>The reply is there.</summary>
    Replied,

    /// <summary>The reply will not come; the connection is closed.</summary>
    Closed,

    /// <summary>As <see cref="Closed"/>, since what came is no HTTP.</summary>
    Malformed,
}

/// <summary>One connection and the request on it. Nothing here blocks; the owner says when the socket is ready.</summary>
internal sealed class LoadConnection(EndPoint server) : IDisposable
{
    private readonly ReplyReader _reply = new();
    private Socket? _socket;
    private ReadOnlyMemory<byte> _unsent;

    public ConnectionState State { get; private set; }

    /// <summary>Timestamp before which a closed connection is left closed: a server that refuses is not asked in a loop.</summary>
    public long NextTry { get; set; }

    /// <summary>The request on its way: its place in the plan.</summary>
    public int Request { get; private set; }

    /// <summary>When it was due, a timestamp.</summary>
    public long DueAt { get; private set; }

    /// <summary>When it was sent, a timestamp.</summary>
    public long SentAt { get; private set; }

    /// <summary>Status of the last reply.</summary>
    public int Status => _reply.Status;

    /// <summary>What to wait for.</summary>
    public Polled Polled => new()
    {
        Socket = _socket is null ? -1 : (int)_socket.Handle,
        Wanted = State == ConnectionState.Connecting || !_unsent.IsEmpty ? (short)(Libc.PollIn | Libc.PollOut) : Libc.PollIn,
    };

    /// <summary>Begins to connect, and waits for it when asked to.</summary>
    /// <exception cref="SocketException">While waiting: nobody listens there.</exception>
    public void Connect(bool wait)
    {
        Dispose();
        _socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, Blocking = wait };
        State = ConnectionState.Connecting;
        try
        {
            _socket.Connect(server);
            State = ConnectionState.Idle;
        }
        catch (SocketException exception) when (!wait)
        {
            if (exception.SocketErrorCode is not (SocketError.WouldBlock or SocketError.InProgress))
            {
                Dispose();
            }
        }

        if (wait)
        {
            _socket.Blocking = false;
        }
    }

    /// <summary>Sends a request on an idle connection.</summary>
    public ConnectionEvent Send(int request, ReadOnlyMemory<byte> bytes, long dueAt, long now)
    {
        (Request, DueAt, SentAt, _unsent) = (request, dueAt, now, bytes);
        State = ConnectionState.Busy;
        _reply.Reset();
        return SendRest();
    }

    /// <summary>Does what the socket is ready for.</summary>
    /// <param name="ready">What it is ready for, from <see cref="Polled.Ready"/>.</param>
    /// <param name="buffer">For what comes; nobody needs it afterwards.</param>
    public ConnectionEvent Advance(short ready, Span<byte> buffer)
    {
        if (State == ConnectionState.Connecting)
        {
            return FinishConnecting();
        }

        if ((ready & Libc.PollOut) != 0 && SendRest() is ConnectionEvent.Closed)
        {
            return ConnectionEvent.Closed;
        }

        return (ready & ~Libc.PollOut) == 0 ? ConnectionEvent.None : Receive(buffer);
    }

    /// <summary>Closes it; a request on its way is lost.</summary>
    public void Dispose()
    {
        _socket?.Dispose();
        _socket = null;
        _unsent = default;
        State = ConnectionState.Closed;
    }

    private ConnectionEvent FinishConnecting()
    {
        var error = (int)_socket!.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
        if (error != 0)
        {
            Dispose();
            return ConnectionEvent.None;
        }

        State = ConnectionState.Idle;
        return ConnectionEvent.Connected;
    }

    private ConnectionEvent SendRest()
    {
        if (_unsent.IsEmpty)
        {
            return ConnectionEvent.None;
        }

        var sent = _socket!.Send(_unsent.Span, SocketFlags.None, out var error);
        if (error is not (SocketError.Success or SocketError.WouldBlock))
        {
            Dispose();
            return ConnectionEvent.Closed;
        }

        _unsent = _unsent[sent..];
        return ConnectionEvent.None;
    }

    private ConnectionEvent Receive(Span<byte> buffer)
    {
        var received = _socket!.Receive(buffer, SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock)
        {
            return ConnectionEvent.None;
        }

        if (State == ConnectionState.Idle)
        {
            // The server is tired of it (or speaks unasked): nobody's request is lost.
            Dispose();
            return ConnectionEvent.None;
        }

        var isEnd = error != SocketError.Success || received == 0;
        switch (isEnd ? _reply.End() : _reply.Read(buffer[..received]))
        {
            case ReplyProgress.Partial:
                return ConnectionEvent.None;
            case ReplyProgress.Complete:
                Finish(isEnd);
                return ConnectionEvent.Replied;
            default:
                Dispose();
                return isEnd ? ConnectionEvent.Closed : ConnectionEvent.Malformed;
        }
    }

    private void Finish(bool isClosed)
    {
        if (isClosed || _reply.Closes || !_unsent.IsEmpty)
        {
            Dispose();
        }
        else
        {
            State = ConnectionState.Idle;
        }
    }
}
