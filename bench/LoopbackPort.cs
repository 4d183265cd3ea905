using System.Net;
using System.Net.Sockets;

namespace Hybrid.Bench;

/// <summary>For programs that must be told their port, and cannot be asked for it.</summary>
internal static class LoopbackPort
{
    /// <summary>A port that was free a moment ago.</summary>
    public static int Pick()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        return ((IPEndPoint)free.LocalEndpoint).Port;
    }
}
