using System.Net;
using System.Net.Sockets;

namespace Hybrid.Stack.Processes;

/// <summary>For programs that must be told their port, and cannot be asked for it.</summary>
public static class Ports
{
    // Below the range that systems give to connections (from 32768 on Linux, 49152 elsewhere): one of those may be taken before its server binds it.
    private const int First = 20_000;
    private const int End = 32_000;
    private const int Tries = 100;

    /// <summary>The preferred loopback port when it is free, else any free one, and then it is said.</summary>
    internal static int Pick(int preferred, string purpose, Narrator narrator)
    {
        if (preferred != 0 && TryBind(preferred) is not null)
        {
            return preferred;
        }

        var free = PickFree(purpose);
        if (preferred != 0)
        {
            narrator.Report($"port {preferred} is taken: {purpose} takes {free}");
        }

        return free;
    }

    /// <summary>A loopback port that was free a moment ago.</summary>
    /// <exception cref="StackException">There is none.</exception>
    public static int PickFree(string purpose) =>
        Enumerable.Range(0, Tries).Select(_ => TryBind(Random.Shared.Next(First, End))).FirstOrDefault(port => port is not null)
        ?? throw new StackException($"No free loopback port for {purpose}.");

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
