using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tasks;
using Hybrid.Functions.Tests.Hosting;
using Hybrid.Testing;

namespace Hybrid.Functions.Tests.Streaming;

/// <summary>What happens between two parts: the GPU host sends the next one when the test says so.</summary>
public sealed class GatedChatTests(ServedFunctions served) : IAsyncLifetime
{
    private static readonly GenerateFrame Begin = new GenerateFrame.Begin("demo-generate", 2, 11);
    private static readonly GenerateFrame Piece = new GenerateFrame.Piece("one ");

    private readonly TaskCompletionSource<GenerateFrame> _gate = new();
    private FakeGpuHost _host = null!;
    private IEnumerable<GenerateFrame> _first = [Begin, Piece];
    private ServedApp _app = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _host = (await FakeGpuHost.StartAsync()).Streams((_, token) => FramesAsync(token));
        _app = await served.ServeAsync(new()
        {
            ["GpuPool:Hosts:0"] = _host.Address.ToString(),
            ["ApiKeys:0:Key"] = ServedFunctions.AcmeKey,
            ["ApiKeys:0:Tenant"] = "acme",
            ["Streaming:Heartbeat"] = "00:00:00.200",
            ["Streaming:ReadTimeout"] = "00:00:02",
        });
        _client = served.Client(ServedFunctions.AcmeKey, _app.Address);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Part_LeavesBeforeTheNextIsThere()
    {
        using var chat = await StreamedChat.AskAsync(_client);

        Assert.Contains("\"role\":\"assistant\"", await chat.NextAsync(), StringComparison.Ordinal);
        Assert.Contains("one ", await chat.NextAsync(), StringComparison.Ordinal);
        Assert.False(_gate.Task.IsCompleted);
        _gate.SetResult(new GenerateFrame.End(FinishReason.Length, 2, default));

        var rest = await chat.RestAsync();
        Assert.Contains("\"finish_reason\":\"length\"", rest[0], StringComparison.Ordinal);
        Assert.Equal("data: [DONE]", rest[1]);
    }

    [Fact]
    public async Task Silence_IsFilledWithComments()
    {
        _first = [Begin];
        using var chat = await StreamedChat.AskAsync(_client);
        await chat.NextAsync();

        Assert.Equal(": ping", await chat.NextAsync());
        Assert.Equal(": ping", await chat.NextAsync());
        _gate.SetResult(new GenerateFrame.End(FinishReason.Stop, 1, default));
        Assert.Equal("data: [DONE]", (await chat.RestAsync())[^1]);
    }

    [Fact]
    public async Task Silence_BeforeTheFirstPart_BeginsTheStreamAndItsErrorsAreEvents()
    {
        _first = [];
        using var chat = await StreamedChat.AskAsync(_client);

        Assert.Equal(": ping", await chat.NextAsync());
        _gate.SetException(new HybridException(ErrorCode.Unprocessable, "The prompt is too long.", "messages"));

        Assert.Equal([("invalid_request_error", "unprocessable")], (await chat.RestAsync()).Select(StreamedChat.ErrorOf));
    }

    [Fact]
    public async Task Failure_AfterTheFirstPart_IsAnEventAndTheEnd()
    {
        _gate.SetResult(new GenerateFrame.Failure(new Error(ErrorCode.Unavailable, "The host is stopping.")));
        using var chat = await StreamedChat.AskAsync(_client);

        var lines = await chat.RestAsync();

        Assert.Equal(3, lines.Count);
        Assert.Equal(("server_error", "unavailable"), StreamedChat.ErrorOf(lines[2]));
    }

    [Fact]
    public async Task Deadline_AfterTheFirstPart_IsAnEventAndTheEnd()
    {
        using var chat = await StreamedChat.AskAsync(_client, null, ("x-budget-ms", "700"));

        var lines = await chat.RestAsync();

        Assert.Equal(("server_error", "deadline_exceeded"), StreamedChat.ErrorOf(lines[^1]));
        await AbortedAsync();
    }

    [Fact]
    public async Task Client_ThatLeaves_StopsTheHost()
    {
        using (var chat = await StreamedChat.AskAsync(_client))
        {
            await chat.NextAsync();
        }

        await AbortedAsync();
    }

    [Fact]
    public async Task Client_ThatReadsNothing_IsCutOffAndTheHostStops()
    {
        var piece = new GenerateFrame.Piece(new string('x', 60_000));
        _first = Enumerable.Repeat<GenerateFrame>(piece, 5_000).Prepend(Begin);
        using var client = new TcpClient { ReceiveBufferSize = 4096 };
        await client.ConnectAsync(_app.Address.Host, _app.Address.Port, TestContext.Current.CancellationToken);
        const string Body = """{"model":"demo-generate","messages":[{"role":"user","content":"hi"}],"stream":true}""";
        await client.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes(
                $"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ServedFunctions.AcmeKey}\r\nContent-Type: application/json\r\nContent-Length: {Body.Length}\r\n\r\n{Body}"),
            TestContext.Current.CancellationToken);

        // Long before the request's minute is over.
        await AbortedAsync();
    }

    /// <summary>The first frames at once, and the last from the gate.</summary>
    private async IAsyncEnumerable<GenerateFrame> FramesAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var frame in _first)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return frame;
        }

        yield return await _gate.Task.WaitAsync(cancellation);
    }

    private async Task AbortedAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(50));
        while (_host.Aborted.IsEmpty)
        {
            await Task.Delay(10, patience.Token);
        }
    }
}
