using Hybrid.Models;
using Hybrid.Stack.Processes;
using Hybrid.Stack.Publishing;
using Hybrid.Stack.Serving;
using Hybrid.Stack.Storage;

namespace Hybrid.Stack;

/// <summary>
/// The local stack as a graph: Azurite ← models ← GPU hosts ← local-host. Each part is a real process on loopback, and is
/// started when those before it are ready; they stop in the opposite order.
/// </summary>
public sealed class LocalStack : IAsyncDisposable
{
    private readonly DataFolderLock _lock;
    private readonly List<ServedProcess> _gpuHosts = [];

    private LocalStack(DataFolderLock folder, StackOptions options, Narrator narrator)
    {
        _lock = folder;
        Options = options;
        Narrator = narrator;
    }

    public StackOptions Options { get; }

    public Narrator Narrator { get; }

    public AzuriteProcess Azurite { get; private set; } = null!;

    public IReadOnlyList<ServedProcess> GpuHosts => _gpuHosts;

    public ServedProcess LocalHost { get; private set; } = null!;

    public ApiKey ApiKey { get; private set; } = null!;

    /// <summary>Every process of the stack.</summary>
    public IEnumerable<ChildProcess> Parts =>
        new[] { Azurite.Process, LocalHost.Process }.Concat(_gpuHosts.Select(host => host.Process));

    /// <summary>Starts everything and returns when the API answers.</summary>
    /// <exception cref="StackException">A part did not start; the message has the end of its log. What had started is stopped.</exception>
    public static async Task<LocalStack> StartAsync(StackOptions options, Narrator narrator, CancellationToken cancellationToken)
    {
        var stack = new LocalStack(DataFolderLock.Take(options.Data), options, narrator);
        try
        {
            await stack.StartPartsAsync(cancellationToken);
            return stack;
        }
        catch
        {
            await stack.DisposeAsync();
            throw;
        }
    }

    private async Task StartPartsAsync(CancellationToken cancellationToken)
    {
        ApiKey = ApiKey.OfFolder(Options.Data);

        await DemoModels.WriteAsync(Options.Models, Narrator, cancellationToken);
        Azurite = await AzuriteProcess.StartAsync(Options, Narrator, cancellationToken);
        ConnectionFile.Write(Options.Data, Azurite.ConnectionString);
        await ModelPublisher.PublishAsync(Options.Models, ModelRepositories.OfAccount(Azurite.ConnectionString), Narrator, cancellationToken);

        for (var i = 0; i < Options.GpuHosts; i++)
        {
            _gpuHosts.Add(await StartGpuHostAsync(i, cancellationToken));
        }

        LocalHost = await ServedProcess.StartAsync(
            Options, ServedProgram.LocalHost(Options, Azurite, _gpuHosts, ApiKey), Narrator, cancellationToken);
        Narrator.Report($"local-host: the API on {LocalHost.Url}");
    }

    private async Task<ServedProcess> StartGpuHostAsync(int index, CancellationToken cancellationToken)
    {
        var port = Options.Ports.GpuHost == 0 ? 0 : Options.Ports.GpuHost + index;
        var name = index == 0 ? "gpu-host" : $"gpu-host-{index}";
        var program = ServedProgram.GpuHost(Options, name, port, new KeyValuePair<string, string>("Weights__ConnectionString", Azurite.ConnectionString));
        var host = await ServedProcess.StartAsync(Options, program, Narrator, cancellationToken);
        Narrator.Report($"{name}: {await ServingCalls.DescribeModelsAsync(host.Url, cancellationToken)} on {host.Url}");
        return host;
    }

    /// <summary>Stops every part, the last started first. Safe to call at any point of the start.</summary>
    public async ValueTask DisposeAsync()
    {
        // A part that had not started yet is null.
        IEnumerable<IAsyncDisposable?> parts = [LocalHost, .. Enumerable.Reverse(_gpuHosts), Azurite?.Process];
        foreach (var part in parts.OfType<IAsyncDisposable>())
        {
            await part.DisposeAsync();
        }

        ConnectionFile.Delete(Options.Data);
        _lock.Dispose();
    }
}
