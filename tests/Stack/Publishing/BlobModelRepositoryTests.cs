using Azure.Storage.Blobs;
using Azure.Storage.Sas;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Models;
using Hybrid.Stack.Publishing;

[assembly: AssemblyFixture(typeof(Hybrid.Stack.Tests.Publishing.SharedAzurite))]

namespace Hybrid.Stack.Tests.Publishing;

public sealed class BlobModelRepositoryTests(SharedAzurite azurite) : ModelRepositoryTests, IAsyncLifetime
{
    protected override IModelRepository Repository { get; } = ModelRepositories.OfAccount(azurite.ConnectionString);

    private BlobContainerClient Container { get; } = new(azurite.ConnectionString, ModelRepositories.Container);

    public async ValueTask InitializeAsync() => await Container.DeleteIfExistsAsync(cancellationToken: Token);

    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }

    [Fact]
    public async Task Push_AfterOneThatWasBrokenOff_SendsWhatIsMissing()
    {
        var manifest = await Source.ManifestAsync();
        await using (var broken = await Repository.BeginAsync(First, Token))
        {
            foreach (var file in manifest.Files.Where(file => file.Path is "model.onnx_data" or "config.json"))
            {
                await using var content = File.OpenRead(Source.PathOf(file.Path));
                await broken.StoreAsync(file, content, new RecordedProgress().File(file.Path, file.Size), Token);
            }
        }

        Assert.Equal(new StoredVersion(First, 2, 20_000_002, IsPublished: false), Assert.Single(await Repository.ListAsync(null, Token)));
        Source.Write("config.json", "[]");
        var progress = new RecordedProgress();

        Assert.True(await PushAsync(First, progress: progress));

        Assert.Equal(["1_Pooling/config.json", "config.json", "empty.txt", "model.onnx"], progress.Files.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("[]"u8.ToArray(), await ReadAsync("search/1/config.json"));
    }

    [Fact]
    public async Task Push_OfAVersionThatSomebodyElsePushesToo_NeverMixesTheirFiles()
    {
        var manifest = await Source.ManifestAsync();
        var other = new ModelFile("config.json", 5, new string('a', 64));

        var error = await Assert.ThrowsAsync<HybridException>(() => PushAsync(First, manifest, beforePublished: async token =>
        {
            await using var theirs = await Repository.BeginAsync(First, token);
            await theirs.StoreAsync(other, new MemoryStream("other"u8.ToArray()), new RecordedProgress().File("", 0), token);
        }));

        Assert.Equal(ErrorCode.Conflict, error.Error.Code);
        Assert.Contains("config.json", error.Message, StringComparison.Ordinal);
        Assert.Null(await Repository.ManifestAsync(First, Token));
    }

    [Fact]
    public async Task Push_OfAVersionThatSomebodyElsePublishedMeanwhile_LeavesTheirs()
    {
        var manifest = await Source.ManifestAsync();
        var theirs = new ModelManifest([.. manifest.Files.Where(file => file.Path != "empty.txt")]);

        var error = await Assert.ThrowsAsync<HybridException>(() => PushAsync(First, manifest, beforePublished: async token =>
        {
            await using var upload = await Repository.BeginAsync(First, token);
            await upload.PublishAsync(theirs, token);
        }));

        Assert.Equal(ErrorCode.Conflict, error.Error.Code);
        Assert.Equal(theirs.Files, (await Repository.ManifestAsync(First, Token))!.Files);
    }

    [Fact]
    public async Task Container_ByItsUriWithASignature_IsEnteredAndNamedWithoutIt()
    {
        await Container.CreateAsync(cancellationToken: Token);
        var uri = Container.GenerateSasUri(BlobContainerSasPermissions.All, new DateTimeOffset(2099, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var repository = ModelRepositories.OfContainer(uri);
        var manifest = await Source.ManifestAsync();

        await new ModelPush(repository).PushAsync(Source.Folder, manifest, First, replace: false, null, new RecordedProgress(), Token);

        Assert.Equal(manifest.Files, (await Repository.ManifestAsync(First, Token))!.Files);
        Assert.DoesNotContain("sig", repository.Name, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Container_ThatIsNotThere_IsNamedWithoutTheSignature()
    {
        var uri = Container.GenerateSasUri(BlobContainerSasPermissions.All, new DateTimeOffset(2099, 1, 1, 0, 0, 0, TimeSpan.Zero));

        var error = await Assert.ThrowsAsync<HybridException>(() => ModelRepositories.OfContainer(uri).ListAsync(null, Token));

        Assert.Equal(ErrorCode.Unavailable, error.Error.Code);
        Assert.EndsWith("/models: there is no such container", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Account_WithAnotherKey_IsRefusedWithoutTellingIt()
    {
        var key = Convert.ToBase64String(new byte[64]);
        var parts = azurite.ConnectionString.Split(';').Select(part => part.StartsWith("AccountKey=", StringComparison.Ordinal) ? $"AccountKey={key}" : part);

        var error = await Assert.ThrowsAsync<HybridException>(() => ModelRepositories.OfAccount(string.Join(';', parts)).ListAsync(null, Token));

        Assert.Equal(ErrorCode.Unavailable, error.Error.Code);
        Assert.Contains("entry was refused", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(key, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DefaultEndpointsProtocol=http;AccountName=")]
    [InlineData("no connection string")]
    public void Account_ByAnythingElse_IsRefused(string text)
    {
        var error = Assert.Throws<HybridException>(() => ModelRepositories.OfAccount(text));

        Assert.Equal(ErrorCode.InvalidRequest, error.Error.Code);
        Assert.DoesNotContain(text, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://account.example/models", "https alone")]
    [InlineData("file:///models", "looks like")]
    public void Container_ThatAnIdentityMayNotEnter_IsRefused(string uri, string reason) =>
        Assert.Contains(reason, Assert.Throws<HybridException>(() => ModelRepositories.OfContainer(new Uri(uri))).Message, StringComparison.Ordinal);

    protected override async Task<byte[]> ReadAsync(string path) => (await Container.GetBlobClient(path).DownloadContentAsync(Token)).Value.Content.ToArray();
}
