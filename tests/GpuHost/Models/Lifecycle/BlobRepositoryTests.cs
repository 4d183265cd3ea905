using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Hybrid.Contracts.Models;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.GpuHost.Tests.Weights.Faults;
using Hybrid.GpuHost.Weights;

namespace Hybrid.GpuHost.Tests.Models.Lifecycle;

/// <summary>What a publisher says beside the versions of a model in a blob service, and what it costs to look at it.</summary>
public sealed class BlobRepositoryTests(StorageFixture storage) : IClassFixture<StorageFixture>, IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private BlobFixture _blobs = null!;

    [Fact]
    public async Task Labels_Moved_AreFollowed()
    {
        await PublishAsync(1, 2);
        await _blobs.WriteLabelsAsync(VersionedModel.Name, new ModelLabels(Stable: 1).ToJson());
        await using var host = await ServeAsync();
        Assert.Equal(1, (await host.AskAsync()).Version);

        await _blobs.WriteLabelsAsync(VersionedModel.Name, new ModelLabels(Stable: 2).ToJson());
        await host.PollAsync();

        Assert.Equal(2, (await host.AskAsync()).Version);
    }

    [Fact]
    public async Task Policy_BesideTheVersions_IsFollowed()
    {
        await PublishAsync(1, 2, 3);
        await WritePolicyAsync("version_policy { specific { versions: [ 1, 3 ] } }");
        await using var host = await ServeAsync(("Models:VersionPolicy", "specific:2"));
        Assert.Equal([1, 3], Served(host));

        await WritePolicyAsync("version_policy { latest { num_versions: 2 } }");
        await host.PollAsync();

        Assert.Equal([2, 3], Served(host));
    }

    [Fact]
    public async Task Policy_BesideTheVersionsThatCannotBeRead_IsTheHosts()
    {
        await PublishAsync(1, 2);
        await WritePolicyAsync("version_policy { ");
        await using var host = await ServeAsync(("Models:VersionPolicy", "all"));

        Assert.Equal([1, 2], Served(host));
    }

    [Fact]
    public async Task Policy_OfTheHighestVersion_GoesBeforeTheOneBeside()
    {
        await PublishAsync(1);
        await _blobs.PublishAsync(new ModelId(VersionedModel.Name, 2), VersionedModel.Publish(_folder, 2, configuration: "version_policy { all { } }"));
        await WritePolicyAsync("version_policy { specific { versions: 1 } }");
        await using var host = await ServeAsync();

        Assert.Equal([1, 2], Served(host));
    }

    [Fact]
    public async Task List_OfManyVersions_IsOneCallAndKnowsWhichDocumentsThereAre()
    {
        for (var version = 1; version <= 4; version++)
        {
            await _blobs.PublishAsync(new ModelId("one", version), ("model.onnx", [1]), ("config.json", [2]));
            await _blobs.PublishAsync(new ModelId("two", version), ("model.onnx", [1]), ("config.json", [2]));
        }

        await _blobs.WriteLabelsAsync("one", new ModelLabels(Stable: 1).ToJson());
        var calls = new CallCount();
        var options = new BlobClientOptions();
        options.AddPolicy(calls, HttpPipelinePosition.PerCall);
        var source = new BlobModelSource(new BlobContainerClient(_blobs.DirectConnectionString, _blobs.Options.Container, options));

        var listing = await source.ListAsync(TestContext.Current.CancellationToken);
        var labels = await LabelsAsync("one");
        var none = await LabelsAsync("two");

        Assert.Equal(8, listing.Published.Count);
        Assert.NotNull(labels);
        Assert.Null(none);
        Assert.Equal(2, calls.Count);

        Task<SourceDocument?> LabelsAsync(string name) => source.DocumentAsync(name, ModelLabels.FileName, ModelLabels.MaxBytes, TestContext.Current.CancellationToken);
    }

    public async ValueTask InitializeAsync() => _blobs = await BlobFixture.StartAsync(storage);

    public async ValueTask DisposeAsync()
    {
        await _blobs.DisposeAsync();
        _folder.Dispose();
    }

    private static IEnumerable<int> Served(LifecycleHost host) => host.Host.Get<ModelsState>().Current.Serving[VersionedModel.Name].Versions.Keys;

    private Task<LifecycleHost> ServeAsync(params (string Name, string Value)[] settings) => LifecycleHost.ServeAsync(
    [
        ("Weights:ConnectionString", _blobs.DirectConnectionString), ("Weights:Container", _blobs.Options.Container), ("Weights:CacheDirectory", _blobs.Cache),
        .. settings,
    ]);

    private async Task PublishAsync(params int[] versions)
    {
        foreach (var version in versions)
        {
            await _blobs.PublishAsync(new ModelId(VersionedModel.Name, version), VersionedModel.Publish(_folder, version));
        }
    }

    private Task WritePolicyAsync(string text) => _blobs.WriteDocumentAsync(VersionedModel.Name, "config.pbtxt", Encoding.UTF8.GetBytes(text));

    private sealed class CallCount : HttpPipelineSynchronousPolicy
    {
        private int _count;

        public int Count => _count;

        public override void OnSendingRequest(HttpMessage message) => Interlocked.Increment(ref _count);
    }
}
