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
}
