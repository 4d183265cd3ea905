using Hybrid.Contracts.Models;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.GpuHost.Weights;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Hybrid.GpuHost.Tests.Weights;

public sealed class WeightsStagingTests : IDisposable
{
    private static readonly ModelId Id = new("model", 1);

    private readonly TestFolder _published = new();
    private readonly TestFolder _cache = new();
    private readonly FlakySource _source;
    private readonly WeightsOptions _options;

    public WeightsStagingTests()
    {
        var folder = _published.Combine("model", "1");
        Directory.CreateDirectory(Path.Combine(folder, "sub"));
        File.WriteAllBytes(Path.Combine(folder, "model.onnx"), [.. Enumerable.Range(0, 100_000).Select(i => (byte)(i * 31 >> 3))]);
        File.WriteAllText(Path.Combine(folder, "sub", "config.json"), "{}");
        Manifests.Write(folder);
        _source = new FlakySource(_published.Path);
        _options = new WeightsOptions { Directory = _published.Path, CacheDirectory = _cache.Path, RetryDelay = TimeSpan.FromMilliseconds(1), MaxAttempts = 3 };
    }

    private string Published => _published.Combine("model", "1");

    private string Cached => _cache.Combine("model", "1");

    [Fact]
    public async Task Stage_NewVersion_HoldsEveryFile()
    {
        var folder = await StageAsync();

        Assert.Equal(Cached, folder);
        Assert.Equal(File.ReadAllBytes(Path.Combine(Published, "model.onnx")), File.ReadAllBytes(Path.Combine(folder, "model.onnx")));
        Assert.Equal("{}", File.ReadAllText(Path.Combine(folder, "sub", "config.json")));
    }

    [Fact]
    public async Task Stage_SecondStart_OpensOnlyTheManifest()
    {
        await StageAsync();
        _source.Opened.Clear();

        await StageAsync();

        Assert.Equal([(ModelManifest.FileName, 0L)], _source.Opened);
    }

    [Fact]
    public async Task Stage_ConnectionBreaks_GoesOnWhereItEnded()
    {
        _source.BreakAfter["model.onnx"] = new Queue<int>([40_000, 10_000]);

        var folder = await StageAsync();

        Assert.Equal([0L, 40_000, 50_000], _source.Opened.Where(opened => opened.Path == "model.onnx").Select(opened => opened.Offset));
        Assert.Equal(File.ReadAllBytes(Path.Combine(Published, "model.onnx")), File.ReadAllBytes(Path.Combine(folder, "model.onnx")));
    }

    [Fact]
    public async Task Stage_BrokenInAnEarlierProcess_GoesOnWhereItEnded()
    {
        _source.BreakAfter["model.onnx"] = new Queue<int>([30_000, 0, 0]);
        await Assert.ThrowsAsync<WeightsException>(StageAsync);
        Assert.False(Directory.Exists(Cached));
        _source.Opened.Clear();

        await StageAsync();

        Assert.Contains(("model.onnx", 30_000L), _source.Opened);
        Assert.True(File.Exists(Path.Combine(Cached, "model.onnx")));
    }

    [Fact]
    public async Task Stage_OtherContentThanTheManifestSays_IsRefused()
    {
        var path = Path.Combine(Published, "model.onnx");
        var bytes = File.ReadAllBytes(path);
        bytes[5_000] ^= 1;
        File.WriteAllBytes(path, bytes);

        var failure = await Assert.ThrowsAsync<WeightsException>(StageAsync);

        Assert.Contains("sha256", failure.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Cached));
    }

    [Fact]
    public async Task Stage_FileLongerThanTheManifestSays_IsRefused()
    {
        File.AppendAllText(Path.Combine(Published, "model.onnx"), "more");

        await Assert.ThrowsAsync<WeightsException>(StageAsync);

        Assert.False(Directory.Exists(Cached));
    }

    [Fact]
    public async Task Stage_MissingFile_IsRefusedAtOnce()
    {
        File.Delete(Path.Combine(Published, "model.onnx"));

        var failure = await Assert.ThrowsAsync<WeightsException>(StageAsync);

        Assert.Contains("model/1/model.onnx", failure.Message, StringComparison.Ordinal);
        Assert.Single(_source.Opened, opened => opened.Path == "model.onnx");
    }

    [Theory]
    [InlineData("../escaped")]
    [InlineData("/etc/escaped")]
    [InlineData("sub/../../escaped")]
    [InlineData("a\\..\\escaped")]
    [InlineData("")]
    public async Task Stage_PathThatLeavesTheFolder_IsRefused(string path)
    {
        var json = new ModelManifest([new ModelFile(path, 2, new string('0', 64))]).ToJson();
        File.WriteAllBytes(Path.Combine(Published, ModelManifest.FileName), json);

        await Assert.ThrowsAsync<WeightsException>(StageAsync);

        Assert.Empty(Directory.EnumerateFiles(_cache.Path, "escaped", SearchOption.AllDirectories));
        Assert.DoesNotContain(_source.Opened, opened => opened.Path != ModelManifest.FileName);
    }

    [Fact]
    public async Task Stage_ManifestIsNoJson_IsRefused()
    {
        File.WriteAllText(Path.Combine(Published, ModelManifest.FileName), "{");

        await Assert.ThrowsAsync<WeightsException>(StageAsync);
    }

    [Fact]
    public async Task Stage_PublishedAnew_ReplacesTheCachedVersion()
    {
        await StageAsync();
        File.WriteAllText(Path.Combine(Published, "sub", "config.json"), """{"new":1}""");
        File.Delete(Path.Combine(Published, "model.onnx"));
        Manifests.Write(Published);

        var folder = await StageAsync();

        Assert.Equal("""{"new":1}""", File.ReadAllText(Path.Combine(folder, "sub", "config.json")));
        Assert.False(File.Exists(Path.Combine(folder, "model.onnx")));
    }

    [Theory]
    [InlineData(true, "{}")]
    [InlineData(false, "[]")]
    public async Task Stage_CacheBrokenSilently_IsMendedWhenItIsVerified(bool verify, string expected)
    {
        await StageAsync();
        File.WriteAllText(Path.Combine(Cached, "sub", "config.json"), "[]");
        _options.VerifyCache = verify;

        await StageAsync();

        Assert.Equal(expected, File.ReadAllText(Path.Combine(Cached, "sub", "config.json")));
    }

    [Fact]
    public async Task Stage_CachedFileGone_IsFetchedAgain()
    {
        await StageAsync();
        File.Delete(Path.Combine(Cached, "model.onnx"));

        await StageAsync();

        Assert.True(File.Exists(Path.Combine(Cached, "model.onnx")));
    }

    [Fact]
    public async Task Stage_TwoHostsWithOneCache_FetchOnce()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(StageAsync)));

        Assert.Single(_source.Opened, opened => opened.Path == "model.onnx");
    }

    [Fact]
    public async Task Stage_FolderWithoutManifest_IsUsedWhereItIs()
    {
        File.Delete(Path.Combine(Published, ModelManifest.FileName));

        Assert.Equal(Published, await StageAsync());
        Assert.Empty(_source.Opened);
    }

    public void Dispose()
    {
        _published.Dispose();
        _cache.Dispose();
    }

    private Task<string> StageAsync() =>
        new WeightsStaging(_source, Options.Create(_options), TimeProvider.System, NullLogger<WeightsStaging>.Instance)
            .StageAsync(Id, TestContext.Current.CancellationToken);
}
