using System.Net;
using System.Net.Http.Json;
using Azure.Storage.Blobs;
using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Endpoints.OpenInference;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.Testing;

namespace Hybrid.GpuHost.Tests.Weights;

/// <summary>A host that takes its models from a real blob service.</summary>
public sealed class BlobStagingTests(DemoHost demo) : IAsyncLifetime
{
    private const int ModelFailed = 1202;

    private readonly TestFolder _cache = new();
    private AzuriteServer _azurite = null!;
    private BlobContainerClient _container = null!;

    [Fact]
    public async Task Host_ModelsInBlobs_ServesThemAndKeepsThem()
    {
        await UploadAsync("demo-embed", 1);
        await using (var host = await StartAsync())
        {
            await host.WaitUntilReadyAsync();
            var reply = await host.PostAsync<EmbedRequest, EmbedReply>(TaskRoutes.Embed, new("demo-embed", ["a text"]));
            Assert.Equal(256, reply.Dimensions);
        }

        // Only the manifest is left in the container: a second start must need nothing else.
        await foreach (var blob in _container.GetBlobsAsync(cancellationToken: TestContext.Current.CancellationToken))
        {
            if (!blob.Name.EndsWith("manifest.json", StringComparison.Ordinal))
            {
                await _container.DeleteBlobAsync(blob.Name, cancellationToken: TestContext.Current.CancellationToken);
            }
        }

        await using var second = await StartAsync();
        await second.WaitUntilReadyAsync();
        await second.PostAsync<EmbedRequest, EmbedReply>(TaskRoutes.Embed, new("demo-embed", ["a text"]));
    }

    [Fact]
    public async Task Host_HighestVersionIsBroken_ServesTheOneBelowAndSaysSo()
    {
        await UploadAsync("demo-embed", 1);
        await UploadAsync("demo-embed", 2);
        await UploadAsync("demo-rerank", 1);
        await _container.DeleteBlobAsync("demo-embed/2/model.onnx", cancellationToken: TestContext.Current.CancellationToken);
        await _container.DeleteBlobAsync("demo-rerank/1/tokenizer.json", cancellationToken: TestContext.Current.CancellationToken);
        await using var host = await StartAsync(ModelFailed);
        await host.WaitUntilReadyAsync();

        var reply = await host.PostAsync<EmbedRequest, EmbedReply>(TaskRoutes.Embed, new("demo-embed", ["a text"]));
        var readiness = await host.Client.GetFromJsonAsync(TaskRoutes.Ready, OpenInferenceJson.Default.Readiness, TestContext.Current.CancellationToken);

        Assert.Equal(1, reply.Version);
        Assert.Equal(["demo-embed"], readiness!.Models);
        Assert.Contains("404", readiness.Failed["demo-embed"], StringComparison.Ordinal);
        Assert.Contains("tokenizer.json", readiness.Failed["demo-rerank"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_StartedBeforeItsModels_TakesThemWhenTheyCome()
    {
        await _container.DeleteAsync(cancellationToken: TestContext.Current.CancellationToken);
        await using var host = await StartAsync();
        var early = await host.SendAsync(TaskRoutes.Embed, Wire.Encode(new EmbedRequest("demo-embed", ["a text"])));
        _container = new BlobContainerClient(_azurite.ConnectionString, "models");
        await _container.CreateAsync(cancellationToken: TestContext.Current.CancellationToken);
        await UploadAsync("demo-embed", 1);

        await host.WaitUntilReadyAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, early.StatusCode);
        Assert.NotNull(early.Headers.RetryAfter);
    }

    [Fact]
    public async Task Host_VersionWithoutManifest_IsNotThere()
    {
        await UploadAsync("demo-embed", 1);
        await _container.UploadBlobAsync("demo-embed/2/model.onnx", BinaryData.FromString("half"), TestContext.Current.CancellationToken);
        await using var host = await StartAsync();
        await host.WaitUntilReadyAsync();

        var reply = await host.PostAsync<EmbedRequest, EmbedReply>(TaskRoutes.Embed, new("demo-embed", ["a text"]));

        Assert.Equal(1, reply.Version);
    }

    public async ValueTask InitializeAsync()
    {
        _azurite = await AzuriteServer.StartAsync(TestContext.Current.CancellationToken);
        _container = new BlobContainerClient(_azurite.ConnectionString, "models");
        await _container.CreateAsync(cancellationToken: TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _azurite.DisposeAsync();
        _cache.Dispose();
    }

    private Task<TestHost> StartAsync(params int[] expectedErrors) => TestHost.StartAsync(
        [new("Weights:ConnectionString", _azurite.ConnectionString), new("Weights:CacheDirectory", _cache.Path)], expectedErrors);

    private async Task UploadAsync(string model, int version)
    {
        var folder = Path.Combine(demo.Repository, model, "1");
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            var name = $"{model}/{version}/{Path.GetRelativePath(folder, path).Replace('\\', '/')}";
            await _container.GetBlobClient(name).UploadAsync(path, TestContext.Current.CancellationToken);
        }
    }
}
