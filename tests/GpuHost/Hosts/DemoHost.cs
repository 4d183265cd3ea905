using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.ModelFixtures;
using Hybrid.Models;

[assembly: AssemblyFixture(typeof(DemoHost))]

namespace Hybrid.GpuHost.Tests.Hosts;

/// <summary>The demo models, an export as Hugging Face has it and a small graph of our own, and one host that serves them all.</summary>
public sealed class DemoHost : IAsyncLifetime
{
    /// <summary>A sentence-transformers BERT from the hub: a flat folder, no version, no manifest.</summary>
    public const string Bert = "hub-bert";

    private readonly TestFolder _folder = new();

    /// <summary>The repository; tests that need one of their own copy from it.</summary>
    public string Repository => _folder.Path;

    public TestHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await DemoModels.WriteAsync(Repository, new Progress<string>(), CancellationToken.None);
        Graphs.WriteSum(Repository, "sum");
        await HuggingFaceFixtures.WriteEncoderAsync(Path.Combine(Repository, Bert), CancellationToken.None);
        Host = await TestHost.ServeAsync(
            Repository,
            new("Host:MaxRequestBodySize", "100000"), new("Batching:MaxClientBatchSize", "40"),
            new("Admission:Adaptive:InitialConcurrency", "512"));
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        _folder.Dispose();
    }
}
