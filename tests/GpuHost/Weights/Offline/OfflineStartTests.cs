using Hybrid.Contracts.Models;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.GpuHost.Tests.Models.Lifecycle;
using Hybrid.GpuHost.Tests.Weights.Faults;
using Hybrid.Testing;

namespace Hybrid.GpuHost.Tests.Weights.Offline;

/// <summary>A host that starts while its storage is gone, on a machine where another has run before.</summary>
public sealed class OfflineStartTests : IAsyncLifetime
{
    private readonly TestFolder _models = new();
    private readonly TestFolder _data = new();
    private AzuriteServer _azurite = null!;
    private BlobFixture _blobs = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Host_StorageIsGone_ServesByTheLabelsThatItKnewAndFollowsWhenStorageIsBack()
    {
        await LabelAsync(1);
        await using (var before = await ServeAsync(("Models:PollInterval", "0")))
        {
            Assert.Equal(1, (await before.AskAsync()).Version);
        }

        await _azurite.StopAsync(Cancel);
        await using var host = await ServeAsync(("Models:PollInterval", "00:00:00.5"));

        Assert.Equal(1, VersionedModel.NumberOf(await host.AskAsync()));
        Assert.Equal(2, VersionedModel.NumberOf(await host.AskAsync(version: 2)));
        Assert.All((await host.IndexAsync()).Values, entry => Assert.Equal("READY", entry.State));
        await _azurite.StartAgainAsync(Cancel);
        await PublishAsync(3);
        await LabelAsync(3);
        await Eventually.IsTrueAsync(async () =>
            (await host.AskAsync()).Version == 3 && host.Host.Get<ModelsState>().Current.Serving[VersionedModel.Name].Versions.Count == 1);
    }

    [Fact]
    public async Task Host_StorageIsGoneAndAFileIsShort_ServesTheVersionBelow()
    {
        await using (await ServeAsync(("Models:VersionPolicy", "all")))
        {
        }

        await _azurite.StopAsync(Cancel);
        var file = Directory.GetFiles(Path.Combine(_blobs.Cache, VersionedModel.Name, "2"), "model.onnx", SearchOption.AllDirectories).Single();
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..^1]);
        await using var host = await ServeAsync();

        Assert.Equal(1, VersionedModel.NumberOf(await host.AskAsync()));
        var (state, reason) = (await host.IndexAsync())[2];
        Assert.Equal("UNAVAILABLE", state);
        Assert.Contains("versioned/2/model.onnx is not on this machine, and its source does not answer", reason, StringComparison.Ordinal);
        await _azurite.StartAgainAsync(Cancel);
        await Eventually.IsTrueAsync(async () => (await host.AskAsync()).Version == 2);
    }

    public async ValueTask InitializeAsync()
    {
        _azurite = await AzuriteServer.StartAsync(_data.Path, Cancel);
        _blobs = await BlobFixture.StartAsync(_azurite);
        await PublishAsync(1);
        await PublishAsync(2);
    }

    public async ValueTask DisposeAsync()
    {
        await _blobs.DisposeAsync();
        await _azurite.DisposeAsync();
        _data.Dispose();
        _models.Dispose();
    }

    private Task<LifecycleHost> ServeAsync(params (string Name, string Value)[] settings) => LifecycleHost.ServeAsync(
    [
        ("Weights:ConnectionString", _blobs.DirectConnectionString), ("Weights:Container", _blobs.Options.Container), ("Weights:CacheDirectory", _blobs.Cache),
        ("Models:RetryDelay", "00:00:00.2"), ("Models:MaxRetryDelay", "00:00:00.5"), .. settings,
    ]);

    private Task PublishAsync(int version) => _blobs.PublishAsync(new ModelId(VersionedModel.Name, version), VersionedModel.Publish(_models, version));

    private Task LabelAsync(int stable) => _blobs.WriteLabelsAsync(VersionedModel.Name, new ModelLabels(Stable: stable).ToJson());
}
