using Hybrid.Contracts.Models;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Weights;

namespace Hybrid.GpuHost.Tests.Weights;

public sealed class WeightsStagingTests : IDisposable
{
    private static readonly ModelId Id = new("model", 1);

    private readonly StagingFixture _fixture = new();

    public WeightsStagingTests() => _fixture.Publish(Id);

    private FlakySource Source => _fixture.Source;

    private string Published => _fixture.PublishedFolder(Id);

    [Fact]
    public async Task Stage_NewVersion_HoldsEveryFile()
    {
        using var version = await _fixture.HoldAsync(Id);

        Assert.Equal(StagingFixture.Weights(0), File.ReadAllBytes(Path.Combine(version.Folder, "model.onnx")));
        Assert.Equal("{}0", File.ReadAllText(Path.Combine(version.Folder, "sub", "config.json")));
        Assert.Equal(await Source.ETagAsync(Id, TestContext.Current.CancellationToken), version.ETag);
        Assert.Equal(["model.onnx", "sub/config.json"], version.Manifest!.Files.Select(file => file.Path));
        Assert.Empty(_fixture.Partials);
    }

    [Fact]
    public async Task Stage_SecondStart_OpensOnlyTheManifest()
    {
        var first = await _fixture.StageAsync(Id);
        Source.Opened.Clear();

        Assert.Equal(first, await _fixture.StageAsync(Id));
        Assert.Equal([(ModelManifest.FileName, 0L)], Source.Opened);
    }

    [Fact]
    public async Task Stage_SeveralFiles_FetchesAsManyAtATimeAsConfigured()
    {
        for (var i = 0; i < 7; i++)
        {
            File.WriteAllText(Path.Combine(Published, $"extra-{i}"), $"{i}");
        }

        _fixture.Seal(Id);
        _fixture.Options.ParallelFiles = 3;
        var (open, most, three) = (0, 0, new TaskCompletionSource());
        Source.Opening = async path =>
        {
            if (path == ModelManifest.FileName)
            {
                return;
            }

            var now = Interlocked.Increment(ref open);
            lock (three)
            {
                most = Math.Max(most, now);
            }

            if (now == 3)
            {
                three.TrySetResult();
            }

            await three.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            Interlocked.Decrement(ref open);
        };

        await _fixture.StageAsync(Id);

        Assert.Equal(3, most);
    }

    [Fact]
    public async Task Stage_ConnectionBreaks_GoesOnWhereItEnded()
    {
        Source.BreakAfter["model.onnx"] = new Queue<int>([40_000, 10_000]);

        var folder = await _fixture.StageAsync(Id);

        Assert.Equal([0L, 40_000, 50_000], Source.Opened.Where(opened => opened.Path == "model.onnx").Select(opened => opened.Offset));
        Assert.Equal(StagingFixture.Weights(0), File.ReadAllBytes(Path.Combine(folder, "model.onnx")));
    }

    [Fact]
    public async Task Stage_ConnectionBreaksOftenButBringsSomething_IsNotGivenUp()
    {
        Source.BreakAfter["model.onnx"] = new Queue<int>(Enumerable.Repeat(9_000, 11));

        var folder = await _fixture.StageAsync(Id);

        Assert.Equal(12, Source.TimesOpened("model.onnx"));
        Assert.Equal(StagingFixture.Weights(0), File.ReadAllBytes(Path.Combine(folder, "model.onnx")));
    }

    [Fact]
    public async Task Stage_BrokenInAnEarlierProcess_GoesOnWhereItEnded()
    {
        Source.BreakAfter["model.onnx"] = new Queue<int>([30_000, 0, 0]);
        var failure = await Assert.ThrowsAsync<WeightsException>(() => _fixture.StageAsync(Id));
        Assert.True(failure.MayPass);
        Assert.False(_fixture.IsCached(Id));
        Source.Opened.Clear();

        await _fixture.StageAsync(Id);

        Assert.Equal([("model.onnx", 30_000L)], Source.Opened.Where(opened => opened.Path == "model.onnx"));
        Assert.True(_fixture.IsCached(Id));
        Assert.Empty(_fixture.Partials);
    }

    [Fact]
    public async Task Stage_BrokenInAnEarlierProcessAndChangedSince_TakesNothingOfTheOldContent()
    {
        Source.BreakAfter["model.onnx"] = new Queue<int>([30_000, 0, 0]);
        await Assert.ThrowsAsync<WeightsException>(() => _fixture.StageAsync(Id));
        _fixture.Publish(Id, seed: 1);

        var folder = await _fixture.StageAsync(Id);

        Assert.Equal(StagingFixture.Weights(1), File.ReadAllBytes(Path.Combine(folder, "model.onnx")));
    }

    [Fact]
    public async Task Stage_FileChangesWhileItComes_BeginsAnewWithTheNewManifest()
    {
        Source.BreakAfter["model.onnx"] = new Queue<int>([30_000]);
        Source.Opening = path =>
        {
            if (path == "model.onnx" && Source.TimesOpened(path) == 2)
            {
                _fixture.Publish(Id, seed: 1);
            }

            return Task.CompletedTask;
        };

        var folder = await _fixture.StageAsync(Id);

        AssertIsPublication(1, folder);
        Assert.Equal(2, Source.TimesOpened(ModelManifest.FileName));
    }

    [Fact]
    public async Task Stage_PublishedAnewBeforeTheLastFile_DoesNotMixThem()
    {
        _fixture.Options.ParallelFiles = 1;
        Source.Opening = path =>
        {
            if (path == "sub/config.json" && Source.TimesOpened(path) == 1)
            {
                _fixture.Publish(Id, seed: 1);
            }

            return Task.CompletedTask;
        };

        AssertIsPublication(1, await _fixture.StageAsync(Id));
    }

    [Fact]
    public async Task Stage_ManifestTouchedAtTheVeryEnd_IsReadAgain()
    {
        _fixture.Options.ParallelFiles = 1;
        Source.Opening = path =>
        {
            if (path == "sub/config.json" && Source.TimesOpened(path) == 1)
            {
                _fixture.Seal(Id);
            }

            return Task.CompletedTask;
        };

        using var version = await _fixture.HoldAsync(Id);

        Assert.Equal(await Source.ETagAsync(Id, TestContext.Current.CancellationToken), version.ETag);
        Assert.Single(Source.Opened, opened => opened.Path == "model.onnx");
    }

    [Fact]
    public async Task Stage_ChangesAgainAndAgain_IsGivenUpForNow()
    {
        var seed = 0;
        Source.Opening = path =>
        {
            if (path == "model.onnx")
            {
                _fixture.Publish(Id, ++seed % 10);
            }

            return Task.CompletedTask;
        };

        var failure = await Assert.ThrowsAsync<WeightsException>(() => _fixture.StageAsync(Id));

        Assert.True(failure.MayPass);
        Assert.Contains("changed", failure.Message, StringComparison.Ordinal);
        Assert.False(_fixture.IsCached(Id));
    }

    [Fact]
    public async Task Stage_NewFilesUnderTheOldManifest_IsRefusedAndLeavesNothing()
    {
        _fixture.Write(Path.Combine(Published, "model.onnx"), StagingFixture.Weights(1));

        var failure = await Assert.ThrowsAsync<WeightsException>(() => _fixture.StageAsync(Id));

        Assert.False(failure.MayPass);
        Assert.Contains("model/1/model.onnx", failure.Message, StringComparison.Ordinal);
        Assert.Contains("sha256", failure.Message, StringComparison.Ordinal);
        Assert.False(_fixture.IsCached(Id));
        Assert.Empty(_fixture.Partials);
    }

    [Theory]
    [InlineData(StagingFixture.WeightsSize - 1)]
    [InlineData(StagingFixture.WeightsSize + 1)]
    [InlineData(0)]
    public async Task Stage_FileOfAnotherSizeThanTheManifestSays_IsRefusedAtOnce(int size)
    {
        _fixture.Write(Path.Combine(Published, "model.onnx"), new byte[size]);

        var failure = await Assert.ThrowsAsync<WeightsException>(() => _fixture.StageAsync(Id));

        Assert.False(failure.MayPass);
        Assert.Contains($"{size} bytes; its manifest says {StagingFixture.WeightsSize}", failure.Message, StringComparison.Ordinal);
        Assert.Single(Source.Opened, opened => opened.Path == "model.onnx");
        Assert.Empty(_fixture.Partials);
    }

    [Fact]
    public async Task Stage_MissingFile_IsRefusedAtOnce()
    {
        File.Delete(Path.Combine(Published, "model.onnx"));

        var failure = await Assert.ThrowsAsync<WeightsException>(() => _fixture.StageAsync(Id));

        Assert.False(failure.MayPass);
        Assert.Contains("model/1/model.onnx", failure.Message, StringComparison.Ordinal);
        Assert.Single(Source.Opened, opened => opened.Path == "model.onnx");
        Assert.Empty(_fixture.Partials);
    }

    [Fact]
    public async Task Stage_MissingVersion_IsRefused()
    {
        Directory.Delete(Published, recursive: true);

        var failure = await Assert.ThrowsAsync<WeightsException>(() => _fixture.StageAsync(Id));

        Assert.Contains("model/1/manifest.json", failure.Message, StringComparison.Ordinal);
        Assert.False(_fixture.IsCached(Id));
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

        await Assert.ThrowsAsync<WeightsException>(() => _fixture.StageAsync(Id));

        Assert.Empty(Directory.EnumerateFiles(_fixture.Cache, "escaped", SearchOption.AllDirectories));
        Assert.DoesNotContain(Source.Opened, opened => opened.Path != ModelManifest.FileName);
    }

    [Fact]
    public async Task Stage_ManifestIsNoJson_IsRefused()
    {
        File.WriteAllText(Path.Combine(Published, ModelManifest.FileName), "{");

        await Assert.ThrowsAsync<WeightsException>(() => _fixture.StageAsync(Id));
    }

    [Fact]
    public async Task Stage_ManifestTooLong_IsRefused()
    {
        File.WriteAllBytes(Path.Combine(Published, ModelManifest.FileName), new byte[(1 << 20) + 1]);

        var failure = await Assert.ThrowsAsync<WeightsException>(() => _fixture.StageAsync(Id));

        Assert.Contains($"{1 << 20} are allowed", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stage_PublishedAnew_ReplacesTheCachedVersion()
    {
        var old = await _fixture.StageAsync(Id);
        File.Delete(Path.Combine(Published, "model.onnx"));
        _fixture.Write(Path.Combine(Published, "sub", "config.json"), [.. """{"new":1}"""u8]);
        _fixture.Seal(Id);

        var folder = await _fixture.StageAsync(Id);

        Assert.Equal("""{"new":1}""", File.ReadAllText(Path.Combine(folder, "sub", "config.json")));
        Assert.False(File.Exists(Path.Combine(folder, "model.onnx")));
        Assert.False(Directory.Exists(old));
    }

    [Fact]
    public async Task Stage_PublishedAnewWhileInUse_LeavesTheOldFilesUntilNobodyUsesThem()
    {
        var host = _fixture.Host();
        var old = await host.StageAsync(Id, TestContext.Current.CancellationToken);
        _fixture.Publish(Id, seed: 1);

        using var version = await host.StageAsync(Id, TestContext.Current.CancellationToken);

        AssertIsPublication(0, old.Folder);
        AssertIsPublication(1, version.Folder);
        old.Dispose();
        Assert.False(Directory.Exists(old.Folder));
        AssertIsPublication(1, version.Folder);
    }

    [Theory]
    [InlineData(true, "{}0")]
    [InlineData(false, "[]0")]
    public async Task Stage_CacheBrokenSilently_IsMendedWhenItIsVerified(bool verify, string expected)
    {
        var folder = await _fixture.StageAsync(Id);
        File.WriteAllText(Path.Combine(folder, "sub", "config.json"), "[]0");
        _fixture.Options.VerifyCache = verify;

        await _fixture.StageAsync(Id);

        Assert.Equal(expected, File.ReadAllText(Path.Combine(folder, "sub", "config.json")));
    }

    [Fact]
    public async Task Stage_CachedFileGone_IsFetchedAgain()
    {
        var folder = await _fixture.StageAsync(Id);
        File.Delete(Path.Combine(folder, "model.onnx"));

        AssertIsPublication(0, await _fixture.StageAsync(Id));
    }

    [Fact]
    public async Task Stage_TwoHostsWithOneCache_FetchOnce()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => _fixture.StageAsync(Id))));

        Assert.Single(Source.Opened, opened => opened.Path == "model.onnx");
    }

    [Fact]
    public async Task Stage_FolderWithoutManifest_IsUsedWhereItIs()
    {
        File.Delete(Path.Combine(Published, ModelManifest.FileName));

        using var version = await _fixture.HoldAsync(Id);

        Assert.Equal(Published, version.Folder);
        Assert.NotNull(version.ETag);
        Assert.Empty(Source.Opened);
    }

    [Fact]
    public async Task Stage_Cancelled_KeepsWhatCameForTheNextTry()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Source.BreakAfter["model.onnx"] = new Queue<int>([30_000]);
        Source.Opening = path =>
        {
            if (path == "model.onnx" && Source.TimesOpened(path) == 2)
            {
                stop.Cancel();
                stop.Token.ThrowIfCancellationRequested();
            }

            return Task.CompletedTask;
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _fixture.Host().StageAsync(Id, stop.Token));
        Source.Opening = _ => Task.CompletedTask;
        Source.Opened.Clear();

        AssertIsPublication(0, await _fixture.StageAsync(Id));
        Assert.Contains(("model.onnx", 30_000L), Source.Opened);
    }

    public void Dispose() => _fixture.Dispose();

    private static void AssertIsPublication(int seed, string folder)
    {
        Assert.Equal(StagingFixture.Weights(seed), File.ReadAllBytes(Path.Combine(folder, "model.onnx")));
        Assert.Equal($"{{}}{seed}", File.ReadAllText(Path.Combine(folder, "sub", "config.json")));
    }
}
