using Azure.Storage.Blobs;
using Hybrid.Contracts.Models;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.GpuHost.Tests.Weights.Faults;
using Hybrid.Onnx;

namespace Hybrid.GpuHost.Tests.Models.Lifecycle;

/// <summary>
/// What can be wrong with a version that is published to a blob service, seen at a host that serves the one before it: that one answers every
/// request, the index says why the other does not, nothing of it stays on the disk, and its next publication is served.
/// </summary>
public sealed class BlobVersionFaultTests(StorageFixture storage) : IClassFixture<StorageFixture>, IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private readonly TestFolder _cache = new();
    private BlobContainerClient _container = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("tampered byte", "model.onnx")]
    [InlineData("truncated file", "model.onnx")]
    [InlineData("missing file", "model.onnx")]
    [InlineData("path that leads elsewhere", "bad path")]
    [InlineData("no onnx", "model.onnx cannot be loaded")]
    [InlineData("unknown operator", "Frobnicate")]
    [InlineData("warm-up that throws", "model_warmup '1' fails")]
    [InlineData("golden mismatch", "The golden sample 1.request is answered wrongly")]
    public async Task Version_Broken_OldOneServesOn(string fault, string why)
    {
        await UploadAsync(VersionedModel.Publish(_folder, 1));
        await using var host = await ServeAsync();
        using var stop = new CancellationTokenSource();
        var clients = Enumerable.Range(0, 2).Select(_ => AskUntilAsync(host, stop.Token)).ToArray();
        await UploadAsync(Publish(fault));

        await host.PollAsync();

        var (state, reason) = (await host.IndexAsync())[2];
        Assert.Equal("UNAVAILABLE", state);
        Assert.Contains(why, reason, StringComparison.Ordinal);
        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(clients), answers => Assert.InRange(answers, 1, int.MaxValue));
        Assert.DoesNotContain(
            Directory.EnumerateFiles(_cache.Path, "*", SearchOption.AllDirectories), path => path.Contains(".staging", StringComparison.Ordinal) && path.Contains("model.onnx", StringComparison.Ordinal));

        await UploadAsync(VersionedModel.Publish(_folder, 2));
        await host.PollAsync();
        Assert.Equal(2, VersionedModel.NumberOf(await host.AskAsync()));
    }

    [Fact]
    public async Task Version_WithoutItsManifest_IsNotThereYet()
    {
        await UploadAsync(VersionedModel.Publish(_folder, 1));
        await using var host = await ServeAsync();
        await _container.GetBlobClient($"{VersionedModel.Name}/2/model.onnx").UploadAsync(Path.Combine(VersionedModel.Publish(_folder, 2), "model.onnx"), Cancel);

        await host.PollAsync();

        Assert.Equal([1], (await host.IndexAsync()).Keys);
        Assert.Equal(1, VersionedModel.NumberOf(await host.AskAsync()));
    }

    [Fact]
    public async Task Labels_Moved_AreFollowed()
    {
        await UploadAsync(VersionedModel.Publish(_folder, 1));
        await UploadAsync(VersionedModel.Publish(_folder, 2));
        await LabelAsync(new ModelLabels(Stable: 1));
        await using var host = await ServeAsync();
        Assert.Equal(1, (await host.AskAsync()).Version);

        await LabelAsync(new ModelLabels(Stable: 2));
        await host.PollAsync();

        Assert.Equal(2, (await host.AskAsync()).Version);
    }

    public async ValueTask InitializeAsync()
    {
        _container = new BlobContainerClient(storage.Azurite.ConnectionString, $"models-{Guid.NewGuid():n}");
        await _container.CreateAsync(cancellationToken: Cancel);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        _cache.Dispose();
        return ValueTask.CompletedTask;
    }

    private Task<LifecycleHost> ServeAsync() => LifecycleHost.ServeAsync(
        ("Weights:ConnectionString", storage.Azurite.ConnectionString), ("Weights:Container", _container.Name), ("Weights:CacheDirectory", _cache.Path));

    // Every answer is the first version's, and right.
    private static async Task<int> AskUntilAsync(LifecycleHost host, CancellationToken stop)
    {
        var answers = 0;
        for (; !stop.IsCancellationRequested; answers++)
        {
            Assert.Equal(1, VersionedModel.NumberOf(await host.AskAsync()));
        }

        return answers;
    }

    private string Publish(string fault)
    {
        var folder = VersionedModel.Publish(_folder, 2, golden: fault == "golden mismatch" ? 5 : null);
        var (model, manifest) = (Path.Combine(folder, "model.onnx"), Path.Combine(folder, ModelManifest.FileName));
        switch (fault)
        {
            case "tampered byte":
                var bytes = File.ReadAllBytes(model);
                bytes[^1] ^= 1;
                File.WriteAllBytes(model, bytes);
                break;
            case "truncated file":
                File.WriteAllBytes(model, File.ReadAllBytes(model)[..^1]);
                break;
            case "missing file":
                File.Delete(model);
                break;
            case "path that leads elsewhere":
                File.WriteAllText(manifest, File.ReadAllText(manifest).Replace("model.onnx", "../model.onnx", StringComparison.Ordinal));
                break;
            case "no onnx":
                File.WriteAllText(model, "not a model");
                VersionedModel.WriteManifest(folder);
                break;
            case "unknown operator":
                var graph = new GraphBuilder("unknown");
                graph.Output("y", graph.Node("Frobnicate", [graph.Input("x", ElementType.Float, "n")]), ElementType.Float, "n");
                File.WriteAllBytes(model, graph.Build().ToBytes());
                VersionedModel.WriteManifest(folder);
                break;
            case "warm-up that throws":
                File.WriteAllText(Path.Combine(folder, "config.pbtxt"), "model_warmup { inputs { key: 'x' value { data_type: TYPE_FP64 dims: 2 zero_data: true } } }");
                VersionedModel.WriteManifest(folder);
                break;
        }

        return folder;
    }

    // Its manifest last, as publishers do.
    private async Task UploadAsync(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder).OrderBy(path => Path.GetFileName(path) == ModelManifest.FileName))
        {
            await _container.GetBlobClient($"{VersionedModel.Name}/{Path.GetFileName(folder)}/{Path.GetFileName(path)}").UploadAsync(path, overwrite: true, Cancel);
        }
    }

    private async Task LabelAsync(ModelLabels labels) =>
        await _container.GetBlobClient($"{VersionedModel.Name}/{ModelLabels.FileName}").UploadAsync(BinaryData.FromBytes(labels.ToJson()), overwrite: true, Cancel);
}
