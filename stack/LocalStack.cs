using Hybrid.Models;
using Hybrid.Stack.Processes;
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
    private readonly List<GpuHostProcess> _gpuHosts = [];

    private LocalStack(DataFolderLock folder, StackOptions options, Narrator narrator)
    {
        _lock = folder;
        Options = options;
        Narrator = narrator;
    }

    public StackOptions Options { get; }

    public Narrator Narrator { get; }

    public AzuriteProcess Azurite { get; private set; } = null!;

    public IReadOnlyList<GpuHostProcess> GpuHosts => _gpuHosts;

    public LocalHostProcess LocalHost { get; private set; } = null!;

    public ApiKey ApiKey { get; private set; } = null!;

    /// <summary>Every process of the stack.</summary>
    public IEnumerable<ChildProcess> Parts =>
        new[] { Azurite.Process, LocalHost.Process }.Concat(_gpuHosts.Select(host => host.Process)).OfType<ChildProcess>();

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
        await ModelPublisher.PublishAsync(Options.Models, Azurite.ConnectionString, Narrator, cancellationToken);

        for (var i = 0; i < Options.GpuHosts; i++)
        {
            _gpuHosts.Add(await GpuHostProcess.StartAsync(Options, i, Azurite, Narrator, cancellationToken));
        }

        LocalHost = await LocalHostProcess.StartAsync(Options, Azurite, _gpuHosts, ApiKey, Narrator, cancellationToken);
    }

    /// <summary>Stops every part, the last started first. Safe to call at any point of the start.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(LocalHost?.Process);
        foreach (var host in Enumerable.Reverse(_gpuHosts))
        {
            await StopAsync(host.Process);
        }

        await StopAsync(Azurite?.Process);
        _lock.Dispose();
    }

    private static async Task StopAsync(ChildProcess? process)
    {
        if (process is not null)
        {
            await process.DisposeAsync();
        }
    }
}
