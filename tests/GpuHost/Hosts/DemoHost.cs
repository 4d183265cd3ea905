using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.Models;

[assembly: AssemblyFixture(typeof(DemoHost))]

namespace Hybrid.GpuHost.Tests.Hosts;

/// <summary>The demo models and the small graphs of <see cref="Graphs"/>, and one host that serves them all.</summary>
public sealed class DemoHost : IAsyncLifetime
{
    private readonly TestFolder _folder = new();

    /// <summary>The repository; tests that need one of their own copy from it.</summary>
    public string Repository => _folder.Path;

    public TestHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await DemoModels.WriteAsync(Repository, new Progress<string>(), CancellationToken.None);
        Graphs.WriteSum(Repository, "sum");
        Graphs.WriteBert(Path.Combine(Repository, "tiny-bert"));
        Host = await TestHost.ServeAsync(Repository, new("Host:MaxRequestBodySize", "100000"), new("Batching:MaxClientBatchSize", "40"));
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        _folder.Dispose();
    }
}
