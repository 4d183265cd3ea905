using System.Net;
using System.Net.Sockets;

namespace Hybrid.Stack.Processes;

internal static class Ports
{
    /// <summary>The preferred loopback port when it is free, else any free one, and then it is said.</summary>
    public static int Pick(int preferred, string purpose, Narrator narrator)
    {
        if (preferred != 0 && TryBind(preferred) is not null)
        {
            return preferred;
        }

        var free = TryBind(0) ?? throw new StackException($"No free loopback port for {purpose}.");
        if (preferred != 0)
        {
            narrator.Report($"port {preferred} is taken: {purpose} takes {free}");
        }

        return free;
    }

    private static int? TryBind(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return ((IPEndPoint)socket.LocalEndPoint!).Port;
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
