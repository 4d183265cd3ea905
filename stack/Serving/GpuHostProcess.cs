using Hybrid.Contracts.Headers;
using Hybrid.Stack.Processes;
using Hybrid.Stack.Storage;

namespace Hybrid.Stack.Serving;

/// <summary>One GPU host, which stages its models from Azurite before it is ready.</summary>
public sealed class GpuHostProcess
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(120);

    private readonly IReadOnlyList<KeyValuePair<string, string>> _environment;
    private readonly StackOptions _options;
    private readonly string _name;

    private GpuHostProcess(StackOptions options, string name, Uri url, IReadOnlyList<KeyValuePair<string, string>> environment)
    {
        _options = options;
        _name = name;
        _environment = environment;
        Url = url;
    }

    public Uri Url { get; }

    public ChildProcess? Process { get; private set; }

    internal static async Task<GpuHostProcess> StartAsync(
        StackOptions options, int index, AzuriteProcess azurite, Narrator narrator, CancellationToken cancellationToken)
    {
        var name = index == 0 ? "gpu-host" : $"gpu-host-{index}";
        var port = Ports.Pick(options.Ports.GpuHost == 0 ? 0 : options.Ports.GpuHost + index, name, narrator);
        var url = new Uri($"http://127.0.0.1:{port}");
        var host = new GpuHostProcess(options, name, url,
        [
            new("Host__Url", url.GetLeftPart(UriPartial.Authority)),
            new("Weights__ConnectionString", azurite.ConnectionString),
            new("Weights__CacheDirectory", Path.Combine(options.Data, "model-cache", name)),
            .. options.Settings,
        ]);
        await host.StartAsync(cancellationToken);
        narrator.Report($"{name}: {await ServingCalls.DescribeModelsAsync(url, cancellationToken)} on {url}");
        return host;
    }

    /// <summary>Starts the process, the first time or after it was killed, and waits until its models are ready.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (Process is not null)
        {
            await Process.DisposeAsync();
        }

        Process = ProgramProcess.Start(_options, _name, "Hybrid.GpuHost", _environment);
        await Process.WaitAsync(token => ServingCalls.IsOkAsync(new Uri(Url, TaskRoutes.Ready), token), StartTimeout, cancellationToken);
    }
}
