using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Hybrid.Testing;

/// <summary>
/// Loopback ports for servers that cannot choose one themselves. They lie below the range that systems choose from (32768 on Linux, 49152 elsewhere):
/// out of that, any connection of anybody may take a port that was free a moment ago, or while its server was stopped.
/// </summary>
public static class FreePort
{
    private const int First = 20_000;
    private const int End = 32_000;

    private static readonly ConcurrentDictionary<int, bool> Given = [];

    /// <summary>One that nobody listens on, and that this process was not given before.</summary>
    public static int Pick()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, End);
            if (IsFree(port) && Given.TryAdd(port, true))
            {
                return port;
            }
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
