using System.Text;
using Hybrid.Contracts.Models;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.GpuHost.Weights;
using Hybrid.GpuHost.Weights.Offline;
using Microsoft.Extensions.Logging;

namespace Hybrid.GpuHost.Tests.Weights.Offline;

public sealed class RememberedSourceTests : IDisposable
{
    private static readonly ModelId First = new("model", 1);
    private static readonly ModelId Second = new("model", 2);

    private readonly TestFolder _published = new();
    private readonly TestFolder _cache = new();
    private readonly RecordedLog<IModelSource> _log = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task List_SourceIsGone_IsWhatItSaidLastWithAWarning()
    {
        await RememberAsync();
        var source = new RememberedSource(new GoneSource(new HttpRequestException("no route")), Memory(), _log);

        var listing = await source.ListAsync(Cancel);

        Assert.True(listing.IsRecalled);
        Assert.Equal([First, Second], listing.Published.OrderBy(id => id.Version));
        Assert.Equal("""{"stable":1}""", Encoding.UTF8.GetString((await source.DocumentAsync("model", "labels.json", 100, Cancel))!.Content));
        Assert.Null(await source.DocumentAsync("model", "config.pbtxt", 100, Cancel));
        await using var manifest = await source.OpenAsync(First, ModelManifest.FileName, 0, null, Cancel);
        Assert.Equal("of 1", Encoding.UTF8.GetString(await manifest.ReadAllAsync(100, Cancel)));
        Assert.Equal(manifest.ETag, await source.ETagAsync(First, Cancel));
        Assert.Null(await source.ETagAsync(Second, Cancel));
        Assert.True((await Assert.ThrowsAsync<WeightsException>(() => source.OpenAsync(First, "model.onnx", 0, null, Cancel))).MayPass);
        Assert.False((await Assert.ThrowsAsync<WeightsException>(() => source.OpenAsync(First, "config.pbtxt", 0, null, Cancel))).MayPass);
        var line = Assert.Single(_log.Lines);
        Assert.Equal(LogLevel.Warning, line.Level);
        Assert.Contains("no route", line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_SourceRefuses_IsRefused()
    {
        await RememberAsync();
        var source = new RememberedSource(new GoneSource(new WeightsException("403") { MayPass = true }), Memory(), _log);

        await Assert.ThrowsAsync<WeightsException>(() => source.ListAsync(Cancel));
    }

    [Fact]
    public async Task List_SourceGoesAfterItHasAnswered_Fails()
    {
        var inner = new FlakySource(_published.Path);
        var source = new RememberedSource(inner, Memory(), _log);
        Publish(First);
        await source.ListAsync(Cancel);
        Directory.Delete(_published.Combine("model"), recursive: true);
        Directory.Delete(_published.Path);
        try
        {
            await Assert.ThrowsAsync<DirectoryNotFoundException>(() => source.ListAsync(Cancel));
        }
        finally
        {
            Directory.CreateDirectory(_published.Path);
        }
    }

    [Fact]
    public async Task List_OfAnotherSource_IsNotRecalled()
    {
        await RememberAsync();
        var source = new RememberedSource(new GoneSource(new HttpRequestException("no route")), new SourceMemory(_cache.Path, "another"), _log);

        await Assert.ThrowsAsync<HttpRequestException>(() => source.ListAsync(Cancel));
    }

    [Fact]
    public async Task List_VersionIsGone_IsForgotten()
    {
        await RememberAsync();
        Directory.Delete(_published.Combine("model", "1"), recursive: true);

        await new RememberedSource(new DirectoryModelSource(_published.Path), Memory(), _log).ListAsync(Cancel);

        Assert.Equal([Second], Memory().Versions());
        Assert.Null(Memory().Read($"{First}/{ModelManifest.FileName}"));
        Assert.NotNull(Memory().Read("model/labels.json"));
    }

    public void Dispose()
    {
        _published.Dispose();
        _cache.Dispose();
    }

    private SourceMemory Memory() => new(_cache.Path, "source");

    // As a host does that serves the first of two versions.
    private async Task RememberAsync()
    {
        Publish(First);
        Publish(Second);
        File.WriteAllText(_published.Combine("model", "labels.json"), """{"stable":1}""");
        var source = new RememberedSource(new DirectoryModelSource(_published.Path), Memory(), _log);
        await source.ListAsync(Cancel);
        await source.DocumentAsync("model", "labels.json", 100, Cancel);
        await source.DocumentAsync("model", "config.pbtxt", 100, Cancel);
        await using var manifest = await source.OpenAsync(First, ModelManifest.FileName, 0, null, Cancel);
        await Assert.ThrowsAsync<WeightsException>(() => source.OpenAsync(First, "config.pbtxt", 0, null, Cancel));
    }

    private void Publish(ModelId id)
    {
        Directory.CreateDirectory(_published.Combine(id.Name, $"{id.Version}"));
        File.WriteAllText(_published.Combine(id.Name, $"{id.Version}", ModelManifest.FileName), $"of {id.Version}");
    }

    private sealed class GoneSource(Exception failure) : IModelSource
    {
        public Task<SourceListing> ListAsync(CancellationToken cancellationToken) => Task.FromException<SourceListing>(failure);

        public string? FolderOf(ModelId id) => null;

        public Task<string?> ETagAsync(ModelId id, CancellationToken cancellationToken) => Task.FromException<string?>(failure);

        public Task<SourceDocument?> DocumentAsync(string name, string file, int maxBytes, CancellationToken cancellationToken) => Task.FromException<SourceDocument?>(failure);

        public Task<SourceFile> OpenAsync(ModelId id, string path, long offset, string? etag, CancellationToken cancellationToken) => Task.FromException<SourceFile>(failure);
    }
}
