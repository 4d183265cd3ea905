using System.Net;
using System.Net.Sockets;
using Hybrid.Stack.Processes;

namespace Hybrid.Bench.Caching;

/// <summary>A Redis of this benchmark's own, on a free loopback port and with its data in memory.</summary>
internal sealed class BenchRedis : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    private readonly ChildProcess _process;

    private BenchRedis(ChildProcess process, int port)
    {
        _process = process;
        Address = $"127.0.0.1:{port}";
    }

    public string Address { get; }

    public static async Task<BenchRedis> StartAsync(string data, CancellationToken cancellationToken)
    {
        var port = Ports.PickFree("Redis");
        string[] arguments = ["--bind", "127.0.0.1", "--port", $"{port}", "--save", "", "--appendonly", "no"];
        var redis = new BenchRedis(ChildProcess.Start("redis-server", Path.Combine(data, "logs"), "redis-server", arguments, []), port);
        try
        {
            await redis._process.WaitAsync(token => ListensAsync(port, token), StartTimeout, cancellationToken);
            return redis;
        }
        catch
        {
            await redis.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static async Task<bool> ListensAsync(int port, CancellationToken cancellationToken)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
