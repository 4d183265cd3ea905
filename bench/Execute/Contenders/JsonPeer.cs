using System.Net.Http.Json;
using System.Text.Json;
using Hybrid.Contracts.Headers;
using Hybrid.Load;
using Hybrid.Stack;
using Hybrid.Stack.Processes;
using Hybrid.Stack.Serving;

namespace Hybrid.Bench.Execute.Contenders;

/// <summary>A service as one writes it first (bench/peers): JSON, and one run for each request.</summary>
internal sealed class JsonPeer : IContender
{
    private const string Route = "/embed";
    private const string ReadyRoute = "/health";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly IAsyncDisposable _process;

    private JsonPeer(string name, Uri url, int processId, IAsyncDisposable process)
    {
        (Name, Url, ProcessId) = (name, url, processId);
        _process = process;
    }

    public string Name { get; }

    public Uri Url { get; }

    public int ProcessId { get; }

    /// <summary>One run at a time keeps all cores busy already: more connections only hide the time between two runs, or get in each other's way.</summary>
    public IReadOnlyList<int> Connections { get; } = [1, 2, 4, 16];

    /// <summary>bench/peers/aspnet: a Release build, everything at its defaults.</summary>
    public static async Task<JsonPeer> StartAspNetAsync(StackOptions options, string model, Narrator narrator, CancellationToken cancellationToken)
    {
        // The log level as the template's appsettings.json has it.
        var program = new ServedProgram(
            "naive", "Hybrid.Peers.AspNet", "ASPNETCORE_URLS", ReadyRoute, 0, [new("MODEL_PATH", model), new("Logging__LogLevel__Microsoft.AspNetCore", "Warning")]);
        var process = await ServedProcess.StartAsync(options, program, narrator, cancellationToken);
        return new JsonPeer(program.Name, process.Url, process.Process.Id, process);
    }

    /// <summary>bench/peers/fastify.</summary>
    public static async Task<JsonPeer> StartFastifyAsync(StackOptions options, string model, CancellationToken cancellationToken)
    {
        var url = new Uri($"http://127.0.0.1:{Ports.PickFree("the JSON peer")}");
        var script = Path.Combine(Path.GetDirectoryName(options.NodeModules)!, "bench", "peers", "fastify", "server.mjs");
        var process = ChildProcess.Start(
            "node", Path.Combine(options.Data, "logs"), "node", [script], [new("MODEL_PATH", model), new("URL", url.ToString()), new("NODE_ENV", "production")]);
        try
        {
            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
            await process.WaitAsync(token => IsReadyAsync(http, new Uri(url, ReadyRoute), token), StartTimeout, cancellationToken);
            return new JsonPeer("node", url, process.Id, process);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public PreparedRequest Request(int[] tokens) =>
        PreparedRequest.Post(Url, Route, MediaTypes.Json, JsonSerializer.SerializeToUtf8Bytes(new { tokens }), work: tokens.Length);

    public async Task<float[]> EmbedAsync(HttpClient http, int[] tokens, CancellationToken cancellationToken)
    {
        using var response = await http.PostAsJsonAsync(new Uri(Url, Route), new { tokens }, cancellationToken);
        var reply = await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        return [.. reply.GetProperty("embedding").EnumerateArray().Select(value => value.GetSingle())];
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static async Task<bool> IsReadyAsync(HttpClient http, Uri url, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.GetAsync(url, cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
