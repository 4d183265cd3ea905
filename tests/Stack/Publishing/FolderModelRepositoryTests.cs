using Hybrid.Contracts.Errors;
using Hybrid.Stack.Publishing;

namespace Hybrid.Stack.Tests.Publishing;

public sealed class FolderModelRepositoryTests : ModelRepositoryTests, IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("hybrid-repository-");

    public FolderModelRepositoryTests() => Repository = ModelRepositories.OfFolder(_root.FullName);

    protected override IModelRepository Repository { get; }

    [Fact]
    public async Task Push_UntilItIsPublished_HasNoFolderThatAHostWouldTake()
    {
        var there = true;
        await PushAsync(First, beforePublished: _ =>
        {
            there = Directory.Exists(PathOf("search/1"));
            return Task.CompletedTask;
        });

        Assert.False(there);
        Assert.Equal(["1"], Entries());
    }

    [Fact]
    public async Task Push_ThatFails_LeavesNothing()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => PushAsync(First, beforePublished: _ => throw new InvalidOperationException("as the test wants it")));

        Assert.Empty(Entries());
    }

    [Fact]
    public async Task Push_AfterOneThatWasKilled_LeavesNothingOfIt()
    {
        Directory.CreateDirectory(PathOf("search/.push-1"));
        await File.WriteAllTextAsync(PathOf("search/.push-1/stranger.bin"), "left over", Token);
        await File.WriteAllTextAsync(PathOf("search/.push-1.lock"), "", Token);

        Assert.True(await PushAsync(First));

        Assert.Equal(["1"], Entries());
        Assert.False(File.Exists(PathOf("search/1/stranger.bin")));
    }

    [Fact]
    public async Task Push_OfAVersionThatSomebodyElsePushesToo_IsRefused()
    {
        await using var theirs = await Repository.BeginAsync(First, Token);

        var error = await Assert.ThrowsAsync<HybridException>(() => PushAsync(First));

        Assert.Equal(ErrorCode.Conflict, error.Error.Code);
        Assert.Contains("at the same time", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Push_OverAPlainExport_IsRefused()
    {
        Directory.CreateDirectory(PathOf("search/1"));
        await File.WriteAllTextAsync(PathOf("search/1/model.onnx"), "served as it lies", Token);

        var error = await Assert.ThrowsAsync<HybridException>(() => PushAsync(First));

        Assert.Equal(ErrorCode.Conflict, error.Error.Code);
        Assert.Contains("without a manifest", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Push_BesideAPlainExportOfTheModel_IsRefusedSinceThatWouldHideIt()
    {
        Directory.CreateDirectory(PathOf("search/onnx"));
        await File.WriteAllTextAsync(PathOf("search/onnx/model.onnx"), "served as version 1", Token);

        var error = await Assert.ThrowsAsync<HybridException>(() => PushAsync(new("search", 2)));

        Assert.Equal(ErrorCode.Conflict, error.Error.Code);
        Assert.Contains("search/1 first", error.Message, StringComparison.Ordinal);
    }

    void IDisposable.Dispose()
    {
        Dispose();
        _root.Delete(recursive: true);
    }

    protected override Task<byte[]> ReadAsync(string path) => File.ReadAllBytesAsync(PathOf(path), Token);

    private string PathOf(string path) => Path.Combine(_root.FullName, path);

    private string[] Entries() => [.. Directory.EnumerateFileSystemEntries(PathOf("search")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
}
