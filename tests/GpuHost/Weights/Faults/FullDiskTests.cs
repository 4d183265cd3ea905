using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.GpuHost.Weights;

namespace Hybrid.GpuHost.Tests.Weights.Faults;

/// <summary>A cache on a disk of 4 MiB.</summary>
public sealed class FullDiskTests(StorageFixture storage) : IClassFixture<StorageFixture>, IAsyncLifetime
{
    private static readonly ModelId Good = new("good", 1);
    private static readonly ModelId Other = new("other", 1);

    private BlobFixture _blobs = null!;
    private SmallDisk? _disk;

    [Fact]
    public async Task Stage_DiskLacksRoom_IsRefusedBeforeTheFirstByteAndServesTheOld()
    {
        using var serving = await _blobs.StageAsync(Good);
        await _blobs.PublishAsync(Other);
        var before = _blobs.Relay.Received;

        var failure = await Assert.ThrowsAsync<WeightsException>(() => _blobs.StageAsync(Other));

        Assert.True(failure.MayPass);
        Assert.Contains("disk", failure.Message, StringComparison.Ordinal);
        Assert.InRange(_blobs.Relay.Received - before, 0, BlobFixture.WeightsSize / 2);
        Assert.Equal(BlobFixture.Weights(Good), File.ReadAllBytes(Path.Combine(serving.Folder, "model.onnx")));
    }

    [Fact]
    public async Task Stage_DiskLacksRoomButOneIsUnused_EvictsIt()
    {
        (await _blobs.StageAsync(Good)).Dispose();
        await _blobs.PublishAsync(Other);

        using var version = await _blobs.StageAsync(Other);

        Assert.Equal(BlobFixture.Weights(Other), File.ReadAllBytes(Path.Combine(version.Folder, "model.onnx")));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_blobs.Cache, Good.Name), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Stage_DiskFillsWhileItComes_IsRefusedLeavesNothingAndWorksOnceThereIsRoom()
    {
        _blobs.Relay.StandStillAfter(BlobFixture.WeightsSize / 2);
        var staging = _blobs.StageAsync(Good);
        await Eventually.IsTrueAsync(() => _blobs.Partials.Any(path => new FileInfo(path).Length > BlobFixture.WeightsSize / 4));
        _disk!.Fill();
        _blobs.Relay.GoOn();

        var failure = await Assert.ThrowsAsync<WeightsException>(() => staging);

        Assert.True(failure.MayPass);
        Assert.Contains("full", failure.Message, StringComparison.Ordinal);
        Assert.Empty(_blobs.Partials);
        Assert.Empty(OpenFiles.Under(_blobs.Cache));
        _disk.Free();
        (await _blobs.StageAsync(Good)).Dispose();
    }

    public async ValueTask InitializeAsync()
    {
        _blobs = await BlobFixture.StartAsync(storage);
        _disk = await SmallDisk.MountAsync(_blobs.Cache, megabytes: 4);
        await _blobs.PublishAsync(Good);
    }

    public async ValueTask DisposeAsync()
    {
        if (_disk is not null)
        {
            await _disk.DisposeAsync();
        }

        await _blobs.DisposeAsync();
    }
}
