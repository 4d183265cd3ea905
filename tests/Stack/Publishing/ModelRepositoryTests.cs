using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Models;
using Hybrid.Models.Publishing;
using Hybrid.Stack.Publishing;
using Hybrid.Stack.Publishing.Labels;

namespace Hybrid.Stack.Tests.Publishing;

/// <summary>What a publisher may count on, wherever the models are.</summary>
public abstract class ModelRepositoryTests : IDisposable
{
    private protected VersionSource Source { get; } = new();

    private protected static ModelVersion First { get; } = new("search", 1);

    protected abstract IModelRepository Repository { get; }

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Push_Folder_PublishesEveryFileWithTheBytesAndTheManifest()
    {
        var manifest = await Source.ManifestAsync();
        var progress = new RecordedProgress();

        Assert.True(await PushAsync(First, progress: progress));

        Assert.Equal(manifest.Files, (await Repository.ManifestAsync(First, Token))!.Files);
        Assert.Equal(new StoredVersion(First, 5, manifest.Files.Sum(file => file.Size), IsPublished: true), Assert.Single(await Repository.ListAsync(null, Token)));
        Assert.Equal(manifest.Files.Select(file => (file.Path, file.Size)), progress.Files.Select(file => (file.Key, file.Value)).OrderBy(file => file.Key, StringComparer.Ordinal));
        foreach (var file in manifest.Files)
        {
            Assert.Equal(await File.ReadAllBytesAsync(Source.PathOf(file.Path), Token), await ReadAsync($"search/1/{file.Path}"));
        }
    }

    [Fact]
    public async Task Push_TheSameAgain_SendsNothing()
    {
        await PushAsync(First);
        var progress = new RecordedProgress();

        Assert.False(await PushAsync(First, progress: progress));

        Assert.Empty(progress.Files);
    }

    [Fact]
    public async Task Push_OtherFilesOverAPublishedVersion_ChangesNothing()
    {
        await PushAsync(First);
        var before = await Repository.ManifestAsync(First, Token);
        Source.Write("config.json", """{"changed": true}""");

        var error = await Assert.ThrowsAsync<HybridException>(() => PushAsync(First));

        Assert.Equal(ErrorCode.Conflict, error.Error.Code);
        Assert.Contains("config.json", error.Message, StringComparison.Ordinal);
        Assert.Equal(before!.Files, (await Repository.ManifestAsync(First, Token))!.Files);
        Assert.Equal("{}"u8.ToArray(), await ReadAsync("search/1/config.json"));
    }

    [Fact]
    public async Task Push_OtherGoldenSamplesOverAPublishedVersion_ChangesNothing()
    {
        var manifest = await Source.ManifestAsync();
        var sample = new GoldenSample("config.json", "model.onnx", 0.1);
        await PushAsync(First, manifest with { Golden = [sample] });
        Assert.False(await PushAsync(First, manifest with { Golden = [sample with { }] }));

        var error = await Assert.ThrowsAsync<HybridException>(() => PushAsync(First, manifest with { Golden = [sample with { Tolerance = 1 }] }));

        Assert.Contains("(golden)", error.Message, StringComparison.Ordinal);
        Assert.Equal([sample], (await Repository.ManifestAsync(First, Token))!.Golden);
    }

    [Fact]
    public async Task Push_OtherFilesToReplaceAVersion_ReplacesIt()
    {
        await PushAsync(First);
        Source.Write("config.json", """{"changed": true}""");

        Assert.True(await PushAsync(First, replace: true));

        Assert.Equal((await Source.ManifestAsync()).Files, (await Repository.ManifestAsync(First, Token))!.Files);
        Assert.Equal("""{"changed": true}"""u8.ToArray(), await ReadAsync("search/1/config.json"));
    }

    [Theory]
    [InlineData("config.json", "[]")]
    [InlineData("config.json", "{")]
    [InlineData("config.json", "{}  ")]
    [InlineData("empty.txt", "no more")]
    public async Task Push_OfAFileThatChangesMeanwhile_PublishesNothing(string path, string text)
    {
        var manifest = await Source.ManifestAsync();
        Source.Write(path, text);

        var error = await Assert.ThrowsAsync<HybridException>(() => PushAsync(First, manifest));

        Assert.Equal(ErrorCode.Conflict, error.Error.Code);
        Assert.Contains($"{path} changed", error.Message, StringComparison.Ordinal);
        Assert.Null(await Repository.ManifestAsync(First, Token));
        Assert.DoesNotContain(await Repository.ListAsync(null, Token), version => version.IsPublished);
    }

    [Fact]
    public async Task Push_Cancelled_PublishesNothingAndTheNextOneDoes()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => PushAsync(First, beforePublished: async token =>
        {
            await stop.CancelAsync();
            token.ThrowIfCancellationRequested();
        }, cancellationToken: stop.Token));
        Assert.Null(await Repository.ManifestAsync(First, Token));

        Assert.True(await PushAsync(First));

        Assert.True(Assert.Single(await Repository.ListAsync(null, Token)).IsPublished);
    }

    [Fact]
    public async Task Push_WhatIsToBeDoneBefore_IsDoneWhileNoHostSeesTheVersion()
    {
        ModelManifest? seen = null;
        var published = true;

        await PushAsync(First, beforePublished: async token =>
        {
            seen = await Repository.ManifestAsync(First, token);
            published = (await Repository.ListAsync("search", token)).Any(version => version.IsPublished);
        });

        Assert.Null(seen);
        Assert.False(published);
    }

    [Fact]
    public async Task List_OfOneModel_HasItsVersionsInOrderOfTheirNumbers()
    {
        foreach (var id in new ModelVersion[] { new("search", 10), new("search", 9), new("search-2", 1) })
        {
            await PushAsync(id);
        }

        Assert.Equal([9, 10], (await Repository.ListAsync("search", Token)).Select(version => version.Id.Version));
        Assert.Equal(["search/9", "search/10", "search-2/1"], (await Repository.ListAsync(null, Token)).Select(version => version.Id.ToString()));
        Assert.Empty(await Repository.ListAsync("sear", Token));
    }

    [Fact]
    public async Task Labels_ThatSomebodyElseChanged_AreNotOverwritten()
    {
        await PushAsync(First);
        var none = await Repository.LabelsAsync("search", Token);
        await Repository.LabelAsync("search", new ModelLabels(1), none.Revision, Token);
        var first = await Repository.LabelsAsync("search", Token);
        await Repository.LabelAsync("search", new ModelLabels(2), first.Revision, Token);

        foreach (var stale in new[] { none, first })
        {
            var error = await Assert.ThrowsAsync<HybridException>(() => Repository.LabelAsync("search", new ModelLabels(3), stale.Revision, Token));
            Assert.Equal(ErrorCode.Conflict, error.Error.Code);
        }

        Assert.Null(none.Labels);
        Assert.Equal(new ModelLabels(2), (await Repository.LabelsAsync("search", Token)).Labels);
    }

    [Fact]
    public async Task Labels_FromCanaryToStableAndBack_FollowThePublisher()
    {
        var labelling = new ModelLabelling(Repository);
        await PushAsync(First);
        await PushAsync(new("search", 2), beforePublished: token => labelling.TryOutAsync(new("search", 2), 10, token));
        Assert.Equal(new ModelLabels(1, 2, 10), (await Repository.LabelsAsync("search", Token)).Labels);

        await labelling.PromoteAsync("search", null, LabelChanges.AllTraffic, Token);
        Assert.Equal(new ModelLabels(2, Previous: 1), (await Repository.LabelsAsync("search", Token)).Labels);

        var change = await labelling.RollbackAsync("search", null, Token);
        Assert.Equal((new ModelLabels(2, Previous: 1), new ModelLabels(1)), (change.Before, change.After));
        Assert.Equal(new ModelLabels(1), (await Repository.LabelsAsync("search", Token)).Labels);
    }

    [Fact]
    public async Task Labels_OfAModelThatIsNotThere_AreNotWritten()
    {
        var error = await Assert.ThrowsAsync<HybridException>(() => new ModelLabelling(Repository).PromoteAsync("serach", 1, 100, Token));

        Assert.Equal(ErrorCode.NotFound, error.Error.Code);
        Assert.StartsWith("serach: version 1 is not published", error.Message, StringComparison.Ordinal);
        Assert.Null((await Repository.LabelsAsync("serach", Token)).Labels);
    }

    [Theory]
    [InlineData("..")]
    [InlineData("../other")]
    [InlineData("a/b")]
    [InlineData("")]
    [InlineData(".hidden")]
    public async Task Labels_OfANameThatIsNone_AreRefused(string model)
    {
        var error = await Assert.ThrowsAsync<HybridException>(() => new ModelLabelling(Repository).PromoteAsync(model, 1, 100, Token));

        Assert.Equal(ErrorCode.InvalidRequest, error.Error.Code);
    }

    public void Dispose()
    {
        Source.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The bytes of something in the repository.</summary>
    protected abstract Task<byte[]> ReadAsync(string path);

    private protected async Task<bool> PushAsync(
        ModelVersion id,
        ModelManifest? manifest = null,
        bool replace = false,
        Func<CancellationToken, Task>? beforePublished = null,
        IFileProgress? progress = null,
        CancellationToken? cancellationToken = null) =>
        await new ModelPush(Repository).PushAsync(
            Source.Folder, manifest ?? await Source.ManifestAsync(), id, replace, beforePublished, progress ?? IFileProgress.None, cancellationToken ?? Token);
}
