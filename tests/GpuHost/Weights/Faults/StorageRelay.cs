using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Hybrid.GpuHost.Tests.Weights.Faults;

/// <summary>The network between a host and its storage: it can be cut, and it can stand still after a number of bytes.</summary>
internal sealed partial class StorageRelay : IAsyncDisposable
{
    private const int ShortReply = 2048;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _port;
    private readonly Task _accepting;
    private CancellationTokenSource _cut = new();
    private volatile Gate _gate = new();
    private long _received;

    public StorageRelay(string connectionString)
    {
        _port = int.Parse(BlobPort().Match(connectionString).Groups[1].ValueSpan, provider: null);
        _listener.Start();
        ConnectionString = BlobPort().Replace(connectionString, $"BlobEndpoint=http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _accepting = AcceptAsync();
    }

    /// <summary>Leads to the storage by way of this relay.</summary>
    public string ConnectionString { get; }

    /// <summary>Bytes that came from the storage, headers included.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>No byte will come or go, as when the storage is gone: connections break, and new ones break at once.</summary>
    public bool IsCut
    {
        get => _cut.IsCancellationRequested;
        set
        {
            if (value)
            {
                _cut.Cancel();
            }
            else
            {
                _cut = new CancellationTokenSource();
            }
        }
    }

    /// <summary>From now on this many bytes come, and then none, though connections stay open.</summary>
    /// <param name="bytes">Over all connections.</param>
    /// <param name="exceptShortReplies">Short replies still come, as those to a HEAD are.</param>
    public void StandStillAfter(long bytes, bool exceptShortReplies = false)
    {
        _gate.LetsShortRepliesThrough = exceptShortReplies;
        Volatile.Write(ref _gate.Allowed, Received + bytes);
    }

    /// <summary>Everything flows again.</summary>
    public void GoOn()
    {
        var gate = _gate;
        Volatile.Write(ref gate.Allowed, long.MaxValue);
        gate.Opened.TrySetResult();
        _gate = new Gate();
    }

    /// <summary>What stands still stays so; what connects from now on flows.</summary>
    public void LetOnlyNewConnectionsGoOn() => _gate = new Gate();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                connections.Add(RelayAsync(client));
            }
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, _cut.Token);
        using var near = client;
        using var far = new TcpClient();
        try
        {
            await far.ConnectAsync(IPAddress.Loopback, _port, ended.Token);
            var there = near.GetStream().CopyToAsync(far.GetStream(), ended.Token);
            var back = ReceiveAsync(far.GetStream(), near.GetStream(), _gate, ended.Token);
            await Task.WhenAny(there, back);
            await ended.CancelAsync();
            await Task.WhenAll(there, back);
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            near.Client.Close(timeout: 0);
        }
    }

    private async Task ReceiveAsync(NetworkStream from, NetworkStream to, Gate gate, CancellationToken cancellationToken)
    {
        var buffer = new byte[1 << 14];
        for (int read; (read = await from.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (Received + read > Volatile.Read(ref gate.Allowed) && !(gate.LetsShortRepliesThrough && read < ShortReply))
            {
                await gate.Opened.Task.WaitAsync(cancellationToken);
            }

            Interlocked.Add(ref _received, read);
            await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }
    }

    private static bool IsEnd(Exception exception) => exception is OperationCanceledException or IOException or SocketException or ObjectDisposedException;

    private sealed class Gate
    {
        public long Allowed = long.MaxValue;

        public volatile bool LetsShortRepliesThrough;

        public TaskCompletionSource Opened { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    [GeneratedRegex(@"BlobEndpoint=http://127\.0\.0\.1:(\d+)/")]
    private static partial Regex BlobPort();
}
