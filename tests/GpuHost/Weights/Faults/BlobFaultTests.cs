using Hybrid.Contracts.Models;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.GpuHost.Weights;

namespace Hybrid.GpuHost.Tests.Weights.Faults;

/// <summary>What can be wrong with a version in blob storage. Whatever it is, the version that is there stays, and nothing of the other one does.</summary>
public sealed class BlobFaultTests(StorageFixture storage) : IClassFixture<StorageFixture>, IAsyncLifetime
{
    private static readonly ModelId Good = new("model", 1);
    private static readonly ModelId Bad = new("model", 2);

    private BlobFixture _blobs = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stage_OversizedFile_IsRefusedBeforeItComes()
    {
        await _blobs.PublishAsync(Bad, ("model.onnx", [1]));
        await _blobs.WriteAsync(Bad, "model.onnx", BlobFixture.Weights(Bad));
        (await _blobs.StageAsync(Good)).Dispose();

        // Who waited for all of it would wait for ever. The manifest is looked at again afterwards.
        _blobs.Relay.StandStillAfter(BlobFixture.WeightsSize / 4, exceptShortReplies: true);

        await AssertRefusedAsync("model/2/model.onnx", $"{BlobFixture.WeightsSize}");
    }

    [Fact]
    public async Task Stage_EmptyFile_IsStaged()
    {
        await _blobs.PublishAsync(Bad, ("empty", []), ("config.json", [1]));

        using var version = await _blobs.StageAsync(Bad);

        Assert.Empty(File.ReadAllBytes(Path.Combine(version.Folder, "empty")));
    }

    [Fact]
    public async Task Stage_ManifestMissing_IsNoVersion()
    {
        await _blobs.PublishAsync(Bad);
        await _blobs.DeleteAsync(Bad, ModelManifest.FileName);

        var listing = await _blobs.Source().ListAsync(Cancel);
        Assert.Equal([Good], listing.Published);
        Assert.Equal([Bad], listing.Incomplete);
        Assert.Null(await _blobs.Source().ETagAsync(Bad, Cancel));
        await AssertRefusedAsync("model/2/manifest.json", "404");
    }

    [Theory]
    [InlineData("{\"files\":[{\"path\":\"../../1/model.onnx\",\"size\":1,\"sha256\":\"SHA\"}]}", "bad path")]
    [InlineData("{\"files\":[{\"path\":\"/etc/cron.d/x\",\"size\":1,\"sha256\":\"SHA\"}]}", "bad path")]
    [InlineData("{\"files\":[{\"path\":\"manifest.json\",\"size\":1,\"sha256\":\"SHA\"}]}", "bad path")]
    [InlineData("{\"files\":[{\"path\":\"a\",\"size\":1,\"sha256\":\"SHA\"},{\"path\":\"a/b\",\"size\":1,\"sha256\":\"SHA\"}]}", "folder of another")]
    [InlineData("{\"files\":[{\"path\":\"a\",\"size\":9000000000000000000,\"sha256\":\"SHA\"}]}", "size")]
    [InlineData("no json", "not readable")]
    public async Task Stage_ManifestThatMustNotBeFollowed_IsRefusedBeforeAnyFile(string json, string why)
    {
        await _blobs.WriteAsync(Bad, ModelManifest.FileName, System.Text.Encoding.UTF8.GetBytes(json.Replace("SHA", new string('0', 64), StringComparison.Ordinal)));

        await AssertRefusedAsync("model/2", why);
    }

    [Fact]
    public async Task Stage_PublishedAnewWhileItComes_IsTheNewOneWhole()
    {
        await _blobs.PublishAsync(Bad, ("a.bin", BlobFixture.Weights(Good)), ("b.bin", BlobFixture.Weights(Bad)));
        _blobs.Relay.StandStillAfter(BlobFixture.WeightsSize);
        var staging = _blobs.StageAsync(Bad);
        await Eventually.IsTrueAsync(() => _blobs.Partials.Count >= 2);
        await _blobs.PublishAsync(Bad, ("a.bin", BlobFixture.Weights(Bad)), ("b.bin", BlobFixture.Weights(Good)));

        // The connections that stood still break, and what goes on after them must not be of the other publication.
        _blobs.Relay.IsCut = true;
        _blobs.Relay.IsCut = false;
        _blobs.Relay.GoOn();

        using var version = await staging;
        Assert.Equal(BlobFixture.Weights(Bad), File.ReadAllBytes(Path.Combine(version.Folder, "a.bin")));
        Assert.Equal(BlobFixture.Weights(Good), File.ReadAllBytes(Path.Combine(version.Folder, "b.bin")));
        Assert.Equal(await _blobs.Source().ETagAsync(Bad, Cancel), version.ETag);
        Assert.Empty(_blobs.Partials);
    }

    [Fact]
    public async Task Open_WithTheETagOfAnEarlierContent_IsRefused()
    {
        await using var file = await _blobs.Source().OpenAsync(Good, "config.json", 0, null, Cancel);
        await _blobs.WriteAsync(Good, "config.json", [.. "{}"u8]);

        await Assert.ThrowsAsync<SourceChangedException>(() => _blobs.Source().OpenAsync(Good, "config.json", 1, file.ETag, Cancel));
    }

    [Fact]
    public async Task Labels_OfAModel_AreReadWithTheirETag()
    {
        Assert.Null(await LabelsAsync());
        var labels = new ModelLabels(Stable: 1);
        await _blobs.WriteLabelsAsync("model", labels.ToJson());

        var read = await LabelsAsync();

        Assert.Equal(labels, ModelLabels.Parse(read!.Content));
        await _blobs.WriteLabelsAsync("model", labels.ToJson());
        Assert.NotEqual(read.ETag, (await LabelsAsync())!.ETag);
    }

    [Fact]
    public async Task Labels_ThatAreTooLong_AreRefused()
    {
        await _blobs.WriteLabelsAsync("model", new byte[ModelLabels.MaxBytes + 1]);

        await Assert.ThrowsAsync<WeightsException>(LabelsAsync);
    }

    public async ValueTask InitializeAsync()
    {
        _blobs = await BlobFixture.StartAsync(storage);
        await _blobs.PublishAsync(Good);
    }

    public ValueTask DisposeAsync() => _blobs.DisposeAsync();

    private Task<SourceDocument?> LabelsAsync() => _blobs.Source().DocumentAsync("model", ModelLabels.FileName, ModelLabels.MaxBytes, Cancel);

    private async Task AssertRefusedAsync(params string[] parts)
    {
        using var serving = await _blobs.StageAsync(Good);

        var failure = await Assert.ThrowsAsync<WeightsException>(() => _blobs.StageAsync(Bad));

        Assert.All(parts, part => Assert.Contains(part, failure.Message, StringComparison.Ordinal));
        Assert.False(failure.MayPass);
        Assert.Equal(BlobFixture.Weights(Good), File.ReadAllBytes(Path.Combine(serving.Folder, "model.onnx")));
        Assert.False(Directory.Exists(Path.Combine(_blobs.Cache, "model", "2")));
        Assert.Empty(_blobs.Partials);
        Assert.Empty(OpenFiles.Under(Path.Combine(_blobs.Cache, ".staging")));
    }
}
