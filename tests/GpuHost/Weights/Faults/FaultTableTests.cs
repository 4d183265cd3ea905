using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.GpuHost.Tests.Models.Lifecycle;
using Hybrid.Testing;

namespace Hybrid.GpuHost.Tests.Weights.Faults;

/// <summary>
/// All that can go wrong between a publisher and a host, each at a host process that serves version 1 from a real blob service, under callers who
/// never stop asking. Version 1 answers every request, the index says why version 2 does not, and nothing of version 2 is left: no memory, no file, no
/// handle. Then its publisher mends it, or the machine is mended, and it serves.
/// </summary>
public sealed class FaultTableTests(StorageFixture storage) : IClassFixture<StorageFixture>, IAsyncDisposable
{
    private const int Padding = 3_000_000;

    // Of the padding there is a part then, whatever else has come.
    private const int Part = Padding * 3 / 4;

    private static readonly ModelId Old = new(VersionedModel.Name, 1);
    private static readonly ModelId New = new(VersionedModel.Name, 2);

    private readonly TestFolder _models = new();
    private BlobFixture? _blobs;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private BlobFixture Blobs => _blobs!;

    [Theory]
    [InlineData("tampered byte", "versioned/2/model.onnx_data is not the file that its manifest names: its sha256 is another")]
    [InlineData("truncated file", "versioned/2/model.onnx_data has 1048575 bytes; its manifest says 1048576")]
    [InlineData("missing file", "Blob storage refused versioned/2/model.onnx_data: 404 BlobNotFound")]
    [InlineData("manifest missing", "manifest.json, which comes last, is not there")]
    [InlineData("no onnx", "model.onnx cannot be loaded")]
    [InlineData("unknown operator", "Frobnicate")]
    [InlineData("warm-up that throws", "model_warmup 'three' fails")]
    [InlineData("golden mismatch", "The golden sample 1.request is answered wrongly: output 'y' has 2 at element 0 where 5 was expected, within 0.001.")]
    [InlineData("name with ..", "bad path")]
    [InlineData("no room in the cache", "No room for versioned/2: ")]
    public async Task Version_Broken_OldOneServesOnAndNothingOfItIsLeft(string fault, string why)
    {
        await StartAsync(storage.Azurite);
        using var host = await WatchedHost.StartAsync(Blobs, ("Weights:MaxCacheBytes", "4000000"));
        await using var callers = new Callers(host.Client);
        await callers.GoOnAsync();
        var before = host.Open;

        await Blobs.PublishAsync(New, await VersionFaults.PublishAsync(_models, 2, fault));

        await host.IsShownAsync(2, "UNAVAILABLE", why);
        await callers.GoOnAsync();
        Assert.Equal([1], callers.Versions);
        await host.KeepsNoFileOfAsync(2);
        await host.HoldsOnlyTheFirstVersionAsync(before);

        await Blobs.PublishAsync(New, await VersionFaults.PublishAsync(_models, 2));
        await callers.AreAnsweredByAsync(2);
        await host.IsShownAsync(2, "READY", "");
    }

    [Fact]
    public async Task Disk_FullWhileAVersionComes_OldOneServesOnAndNothingOfItIsLeft()
    {
        _blobs = await BlobFixture.StartAsync(storage);
        await using var disk = await SmallDisk.MountAsync(Blobs.Cache, megabytes: 8);
        await PublishAsync(Old);
        using var host = await WatchedHost.StartAsync(Blobs);
        await using var callers = new Callers(host.Client);
        await callers.GoOnAsync();
        var before = host.Open;
        await StandStillInTheMiddleAsync();
        disk.Fill();
        Blobs.Relay.GoOn();

        // Full while it is written, and then, as it is tried again, full before it is.
        await host.IsShownAsync(2, "UNAVAILABLE", "the cache's disk lacks");
        await callers.GoOnAsync();
        Assert.Equal([1], callers.Versions);
        await host.KeepsNoFileOfAsync(2);
        await host.HoldsOnlyTheFirstVersionAsync(before);

        disk.Free();
        await callers.AreAnsweredByAsync(2);
    }

    [Fact]
    public async Task Storage_GoneFor30Seconds_OldOneServesOnAndStagingGoesOnWhereItEnded()
    {
        using var data = new TestFolder();
        await using var azurite = await AzuriteServer.StartAsync(data.Path, Cancel);
        await StartAsync(azurite);
        using var host = await WatchedHost.StartAsync(Blobs);
        await using var callers = new Callers(host.Client);
        await callers.GoOnAsync();
        var before = host.Open;
        await StandStillInTheMiddleAsync();
        Blobs.Relay.IsCut = true;
        await azurite.StopAsync(Cancel);
        Blobs.Relay.IsCut = false;
        Blobs.Relay.GoOn();

        for (var begun = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(begun) < TimeSpan.FromSeconds(30);)
        {
            await callers.GoOnAsync();
        }

        await host.IsShownAsync(2, "UNAVAILABLE", "could not be had in 3 tries");
        Assert.Equal([1], callers.Versions);
        await host.HoldsOnlyTheFirstVersionAsync(before);
        var (received, missing) = (Blobs.Relay.Received, Missing());
        await azurite.StartAgainAsync(Cancel);
        await callers.AreAnsweredByAsync(2);

        // The rest, and what goes with it: lists, the manifest, headers.
        Assert.InRange(Blobs.Relay.Received - received, missing, missing + 300_000);
        Assert.Empty(Blobs.Partials);
    }

    [Fact]
    public async Task Host_KilledInTheMiddleOfStaging_GoesOnWhereItEnded()
    {
        await StartAsync(storage.Azurite);

        // Another host of the machine, with the same cache, looks when it is told to, and past the relay.
        using var other = await WatchedHost.StartAsync(Blobs, ("Weights:ConnectionString", Blobs.DirectConnectionString), ("Models:PollInterval", "0"));
        await using var callers = new Callers(other.Client);
        await callers.GoOnAsync();
        using (var killed = HostProcess.Start(["--Host:Url", "http://127.0.0.1:0", .. WatchedHost.Arguments(Blobs)]))
        {
            await StandStillInTheMiddleAsync();
            killed.Kill();
            await killed.WaitForExitAsync(Cancel);
        }

        var missing = Missing();
        Blobs.Relay.IsCut = true;
        Blobs.Relay.IsCut = false;
        Blobs.Relay.GoOn();
        var received = Blobs.Relay.Received;
        using var host = await WatchedHost.StartAsync(Blobs);

        Assert.InRange(Blobs.Relay.Received - received, missing, missing + 300_000);
        await host.IsShownAsync(2, "READY", "");
        Assert.Empty(Blobs.Partials);
        Assert.Equal([1], callers.Versions);
        using var told = await other.Client.PostAsync("/v2/repository/events", null, Cancel);
        await callers.AreAnsweredByAsync(2);
    }

    public async ValueTask DisposeAsync()
    {
        if (_blobs is not null)
        {
            await _blobs.DisposeAsync();
        }

        _models.Dispose();
    }

    private async Task StartAsync(AzuriteServer azurite)
    {
        _blobs = await BlobFixture.StartAsync(azurite);
        await PublishAsync(Old);
    }

    private async Task PublishAsync(ModelId id) => await Blobs.PublishAsync(id, await VersionFaults.PublishAsync(_models, id.Version));

    // Publishes a version that takes its time, and waits until whoever stages it has got some of it, and gets nothing more.
    private async Task StandStillInTheMiddleAsync()
    {
        var folder = await VersionFaults.PublishAsync(_models, 2);
        VersionFaults.AddPadding(folder, Padding);
        VersionedModel.WriteManifest(folder);
        Blobs.Relay.StandStillAfter(VersionFaults.WeightsSize + Part, exceptShortReplies: true);
        await Blobs.PublishAsync(New, folder);
        await Eventually.IsTrueAsync(() => Blobs.Partials.Any(path => Path.GetFileName(path) == "padding.bin" && new FileInfo(path).Length > Padding / 4));
    }

    // Bytes that are not on this machine yet.
    private long Missing() => Padding + VersionFaults.WeightsSize - Blobs.Partials.Where(path => !path.Contains("/pins/", StringComparison.Ordinal)).Sum(path => new FileInfo(path).Length);
}
