using Hybrid.Stack.Processes;
using Hybrid.Stack.Storage;

namespace Hybrid.Stack.Serving;

/// <summary>The functions and the durable engine in one process: the API.</summary>
public sealed class LocalHostProcess
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly IReadOnlyList<KeyValuePair<string, string>> _environment;
    private readonly StackOptions _options;

    private LocalHostProcess(StackOptions options, Uri url, IReadOnlyList<KeyValuePair<string, string>> environment)
    {
        _options = options;
        _environment = environment;
        Url = url;
    }

    public Uri Url { get; }

    public ChildProcess? Process { get; private set; }

    internal static async Task<LocalHostProcess> StartAsync(
        StackOptions options,
        AzuriteProcess azurite,
        IReadOnlyList<GpuHostProcess> gpuHosts,
        ApiKey key,
        Narrator narrator,
        CancellationToken cancellationToken)
    {
        var url = new Uri($"http://127.0.0.1:{Ports.Pick(options.Ports.Api, "the API", narrator)}");
        var host = new LocalHostProcess(options, url,
        [
            new("LocalHost__Url", url.GetLeftPart(UriPartial.Authority)),
            new("Durable__Database", Path.Combine(options.Data, "durable.db")),
            new("AzureWebJobsStorage", azurite.ConnectionString),
            new("ApiKeys__0__Key", key.Key),
            new("ApiKeys__0__Tenant", key.Tenant),
            .. gpuHosts.Select((gpuHost, i) => new KeyValuePair<string, string>(
                $"GpuPool__Hosts__{i}", gpuHost.Url.GetLeftPart(UriPartial.Authority))),
            .. options.Settings,
        ]);
        await host.StartAsync(cancellationToken);
        narrator.Report($"local-host: the API on {url}");
        return host;
    }

    /// <summary>Starts the process, the first time or after it was killed, and waits until it answers.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (Process is not null)
        {
            await Process.DisposeAsync();
        }

        Process = ProgramProcess.Start(_options, "local-host", "Hybrid.LocalHost", _environment);
        await Process.WaitAsync(token => ServingCalls.IsOkAsync(new Uri(Url, "/health/ready"), token), StartTimeout, cancellationToken);
    }
}
