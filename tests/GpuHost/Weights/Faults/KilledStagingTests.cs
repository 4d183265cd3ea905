using System.Net;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Tests.Hosts;

namespace Hybrid.GpuHost.Tests.Weights.Faults;

/// <summary>A host process that is killed while it fetches a version.</summary>
public sealed class KilledStagingTests(StorageFixture storage) : IClassFixture<StorageFixture>, IAsyncLifetime
{
    private static readonly ModelId Id = new("sum", 1);

    private readonly TestFolder _model = new();
    private BlobFixture _blobs = null!;

    private string[] Settings => ["--Weights:ConnectionString", _blobs.Relay.ConnectionString, "--Weights:Container", _blobs.Options.Container, "--Weights:CacheDirectory", _blobs.Cache];

    [Fact]
    public async Task Host_KilledWhileItStages_GoesOnWhereItEnded()
    {
        _blobs.Relay.StandStillAfter(BlobFixture.WeightsSize * 2 / 3);
        using (var killed = HostProcess.Start(["--Host:Url", "http://127.0.0.1:0", .. Settings]))
        {
            await Eventually.IsTrueAsync(() => Kept() > BlobFixture.WeightsSize / 2);
            killed.Kill();
            await killed.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var missing = BlobFixture.WeightsSize - Kept();
        _blobs.Relay.IsCut = true;
        _blobs.Relay.IsCut = false;
        _blobs.Relay.GoOn();
        var before = _blobs.Relay.Received;

        using var host = await HostProcess.StartReadyAsync(Settings);

        // The rest, and what goes with it: the list, the manifest, the graph, headers.
        Assert.InRange(_blobs.Relay.Received - before, missing, missing + 200_000);
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("v2/models/sum/ready", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Empty(_blobs.Partials);
    }

    public async ValueTask InitializeAsync()
    {
        _blobs = await BlobFixture.StartAsync(storage);
        Graphs.WriteSum(_model.Path, Id.Name);
        var graph = await File.ReadAllBytesAsync(_model.Combine(Id.Name, "1", "model.onnx"), TestContext.Current.CancellationToken);
        await _blobs.PublishAsync(Id, ("model.onnx", graph), ("padding.bin", BlobFixture.Weights(Id)));
    }

    public async ValueTask DisposeAsync()
    {
        await _blobs.DisposeAsync();
        _model.Dispose();
    }

    private long Kept() => _blobs.Partials.Select(path => new FileInfo(path).Length).DefaultIfEmpty().Max();
}
