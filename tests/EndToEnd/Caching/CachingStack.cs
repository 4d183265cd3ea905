using Hybrid.EndToEnd.Tests.Stacks;
using Hybrid.Stack.Calls;
using Hybrid.Stack.Serving;
using Hybrid.Testing;
using Hybrid.Testing.Metrics;

namespace Hybrid.EndToEnd.Tests.Caching;

/// <summary>Two local-hosts as two processes with one Redis, one storage and one GPU host, whose work is counted.</summary>
public sealed class CachingStack : IAsyncLifetime
{
    // The exporter answers with an older text for a third of a second.
    private static readonly TimeSpan TextLife = TimeSpan.FromMilliseconds(350);

    private readonly TestFolder _folder = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private ServedProcess _second = null!;
    private LocalStack _stack = null!;

    public RedisServer Redis { get; private set; } = null!;

    /// <summary>The API of each process.</summary>
    public IReadOnlyList<ApiCalls> Apis { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        Redis = await RedisServer.StartAsync(CancellationToken.None);
        var options = _folder.Options with
        {
            Settings = new Dictionary<string, string>
            {
                ["Caching__Redis__ConnectionString"] = Redis.ConnectionString,
                // A machine that is busy with tests may stop anybody for longer than a service would wait.
                ["Caching__Redis__Timeout"] = "00:00:02",
            },
        };
        var narrator = new Narrator(Console.Error);
        _stack = await LocalStack.StartAsync(options, narrator, CancellationToken.None);
        _second = await ServedProcess.StartAsync(options, SecondHost(options), narrator, CancellationToken.None);
        Apis = [new ApiCalls(_stack.LocalHost.Url, _stack.ApiKey), new ApiCalls(_second.Url, _stack.ApiKey)];
        await Handbook.IndexAsync(Apis[0], narrator, CancellationToken.None);
    }

    /// <summary>Texts and pairs that went through the encoders, and tasks of every kind.</summary>
    public async Task<(double Items, double Tasks)> WorkAsync(CancellationToken cancellation)
    {
        await Task.Delay(TextLife, cancellation);
        var metrics = MetricsText.Parse(await _http.GetStringAsync(new Uri(_stack.GpuHosts[0].Url, "/metrics"), cancellation));
        return (metrics.Sum("hybrid_host_batch_size_sum"), metrics.Sum("gen_ai_server_request_duration_seconds_count"));
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        foreach (var api in Apis)
        {
            api.Dispose();
        }

        await _second.DisposeAsync();
        await _stack.DisposeAsync();
        await Redis.DisposeAsync();
        var errors = _folder.ErrorLines().ToArray();
        _folder.Dispose();
        Assert.Empty(errors);
    }

    private ServedProgram SecondHost(StackOptions options) => new("local-host-2", "Hybrid.LocalHost", "LocalHost__Url", "/health/ready", 0,
    [
        new("Durable__Database", Path.Combine(options.Data, "durable-2.db")),
        new("AzureWebJobsStorage", _stack.Azurite.ConnectionString),
        new("ApiKeys__0__Key", _stack.ApiKey.Key),
        new("ApiKeys__0__Tenant", _stack.ApiKey.Tenant),
        new("GpuPool__Hosts__0", _stack.GpuHosts[0].Url.GetLeftPart(UriPartial.Authority)),
        .. options.Settings,
    ]);
}
