using System.Net.Sockets;
using System.Text;
using Hybrid.Contracts.Headers;

namespace Hybrid.GpuHost.Tests.Hosts;

/// <summary>A client down at the socket: it can leave in the middle of whatever it does. Half of them say so (FIN), half do not even that (RST).</summary>
internal sealed class RawClient : IDisposable
{
    // Small, so that an answer that is not read stays with the server.
    private const int ReceiveBuffer = 4096;

    private static int _count;

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = ReceiveBuffer };

    private RawClient()
    {
    }

    /// <summary>Connects and sends a request.</summary>
    /// <param name="host">The host's address.</param>
    /// <param name="route">Where it goes.</param>
    /// <param name="body">The whole body; what is promised.</param>
    /// <param name="sent">How much of it is really sent.</param>
    public static async Task<RawClient> SendAsync(Uri host, string route, ReadOnlyMemory<byte> body, int sent)
    {
        var client = new RawClient();
        await client._socket.ConnectAsync(host.Host, host.Port, TestContext.Current.CancellationToken);
        var head = $"POST {route} HTTP/1.1\r\nHost: {host.Authority}\r\nContent-Type: {MediaTypes.MessagePack}\r\nContent-Length: {body.Length}\r\n\r\n";
        await client._socket.SendAsync(Encoding.ASCII.GetBytes(head), TestContext.Current.CancellationToken);
        for (var rest = body[..sent]; rest.Length > 0;)
        {
            rest = rest[await client._socket.SendAsync(rest, TestContext.Current.CancellationToken)..];
        }

        return client;
    }

    /// <summary>The first bytes of the answer.</summary>
    public async Task<string> ReadSomeAsync()
    {
        var bytes = new byte[16];
        var read = await _socket.ReceiveAsync(bytes, TestContext.Current.CancellationToken);
        return Encoding.ASCII.GetString(bytes, 0, read);
    }

    public void Dispose()
    {
        if (Interlocked.Increment(ref _count) % 2 == 0)
        {
            _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }

        _socket.Dispose();
    }
}
