using System.Net.Sockets;
using System.Text;
using Hybrid.EndToEnd.Tests.Stacks;

namespace Hybrid.EndToEnd.Tests;

/// <summary>Clients that hold on to what they do not use, against both listeners over raw sockets: cut off, the service unharmed.</summary>
public sealed class SlowClientTests
{
    private const int IdleConnections = 1000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task Clients_ThatAreSlowOrEndless_AreCutOffAndOthersAreServed()
    {
        using var folder = new TestFolder();
        using var limit = new CancellationTokenSource(Patience);
        var settings = new Dictionary<string, string> { ["Host__RequestHeadersTimeout"] = "00:00:01", ["LocalHost__RequestHeadersTimeout"] = "00:00:01" };
        await using var stack = await LocalStack.StartAsync(folder.Options with { Settings = settings }, new Narrator(Console.Error), limit.Token);

        foreach (var (url, health, route) in new[]
        {
            (stack.LocalHost.Url, "/health/ready", "/v1/embeddings"),
            (stack.GpuHosts[0].Url, "/v2/health/ready", "/tasks/embed"),
        })
        {
            var idle = await Task.WhenAll(Enumerable.Range(0, IdleConnections).Select(_ => ConnectAsync(url, limit.Token)));

            // Slowloris: a header that never ends.
            Assert.StartsWith("HTTP/1.1 408", await AnswerAsync(url, "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", limit.Token), StringComparison.Ordinal);
            Assert.StartsWith("HTTP/1.1 431", await AnswerAsync(url, $"GET / HTTP/1.1\r\nHost: x\r\nX-Big: {new string('x', 40_000)}\r\n\r\n", limit.Token), StringComparison.Ordinal);
            await SendWithoutEndAsync(url, route, stack.ApiKey, limit.Token);

            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = url };
            using var healthy = await http.GetAsync(health, limit.Token);
            Assert.True(healthy.IsSuccessStatusCode);
            Array.ForEach(idle, client => client.Dispose());
        }

        Assert.Empty(folder.ErrorLines());
    }

    private static async Task<TcpClient> ConnectAsync(Uri url, CancellationToken cancellationToken)
    {
        var client = new TcpClient();
        await client.ConnectAsync(url.Host, url.Port, cancellationToken);
        return client;
    }

    /// <summary>Sends text and reads until the server closes the connection.</summary>
    private static async Task<string> AnswerAsync(Uri url, string text, CancellationToken cancellationToken)
    {
        using var client = await ConnectAsync(url, cancellationToken);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text), cancellationToken);
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
        return await reader.ReadToEndAsync(cancellationToken);
    }

    /// <summary>Sends chunks until the server has had enough; it must, long before our patience ends.</summary>
    private static async Task SendWithoutEndAsync(Uri url, string route, ApiKey key, CancellationToken cancellationToken)
    {
        using var client = await ConnectAsync(url, cancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"POST {route} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key.Key}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"),
            cancellationToken);
        var chunk = Encoding.ASCII.GetBytes($"10000\r\n{new string('x', 0x10000)}\r\n");
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            while (true)
            {
                await stream.WriteAsync(chunk, cancellationToken);
            }
        });
    }
}
