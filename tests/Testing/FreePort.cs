using System.Net;
using System.Net.Sockets;

namespace Hybrid.Testing;

public static class FreePort
{
    /// <summary>A loopback port that was free a moment ago. Another process may take it: for servers that cannot choose one themselves.</summary>
    public static int Pick()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>A loopback port that no system gives to anybody who does not ask for it: for servers that end, and start again on the same one.</summary>
    public static int PickLasting()
    {
        while (true)
        {
            // Below the range that systems choose from: 32768 on Linux, 49152 elsewhere.
            var port = Random.Shared.Next(20_000, 32_000);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }
    }
}
