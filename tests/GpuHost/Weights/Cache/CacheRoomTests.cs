using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.GpuHost.Weights;
using Microsoft.Extensions.Time.Testing;

namespace Hybrid.GpuHost.Tests.Weights.Cache;

/// <summary>Who stays and who goes when a version needs room.</summary>
public sealed class CacheRoomTests : IDisposable
{
    private static readonly ModelId A = new("a", 1);
    private static readonly ModelId B = new("b", 1);
    private static readonly ModelId C = new("c", 1);

    private readonly FakeTimeProvider _time = new();
    private readonly StagingFixture _fixture;

    public CacheRoomTests()
    {
        _fixture = new StagingFixture { Time = _time };
        Array.ForEach([A, B, C], id => _fixture.Publish(id));

        // Two fit, three do not: a version has its manifest and a small file besides.
        _fixture.Options.MaxCacheBytes = 2 * (StagingFixture.WeightsSize + 2_000);
    }

    [Fact]
    public async Task Room_BudgetIsFull_EvictsWhatWasUsedLeastRecently()
    {
        await UseAsync(A);
        await UseAsync(B);
        await UseAsync(A);

        await UseAsync(C);

        Assert.Equal([true, false, true], Cached());
    }

    [Fact]
    public async Task Room_LastUseEnded_CountsAsUse()
    {
        var a = await _fixture.HoldAsync(A);
        _time.Advance(TimeSpan.FromMinutes(1));
        await UseAsync(B);
        a.Dispose();
        _time.Advance(TimeSpan.FromMinutes(1));

        await UseAsync(C);

        Assert.Equal([true, false, true], Cached());
    }

    [Fact]
    public async Task Room_VersionIsInUse_IsNotEvicted()
    {
        using var a = await _fixture.HoldAsync(A);
        _time.Advance(TimeSpan.FromMinutes(1));
        await UseAsync(B);

        await UseAsync(C);

        Assert.Equal([true, false, true], Cached());
        Assert.Equal(StagingFixture.Weights(0), File.ReadAllBytes(Path.Combine(a.Folder, "model.onnx")));
    }

    [Fact]
    public async Task Room_AllAreInUse_IsRefusedUntilOneIsFree()
    {
        using var a = await _fixture.HoldAsync(A);
        var b = await _fixture.HoldAsync(B);

        var failure = await Assert.ThrowsAsync<WeightsException>(() => UseAsync(C));

        Assert.True(failure.MayPass);
        Assert.Contains("MaxCacheBytes", failure.Message, StringComparison.Ordinal);
        Assert.Equal([true, true, false], Cached());
        Assert.Empty(_fixture.Partials);
        b.Dispose();
        await UseAsync(C);
        Assert.Equal([true, false, true], Cached());
    }

    [Fact]
    public async Task Room_CannotBeMadeWhole_EvictsNothingInVain()
    {
        await UseAsync(A);
        using var b = await _fixture.HoldAsync(B);
        _fixture.Write(Path.Combine(_fixture.PublishedFolder(C), "model.onnx"), new byte[StagingFixture.WeightsSize + 5_000]);
        _fixture.Seal(C);

        await Assert.ThrowsAsync<WeightsException>(() => UseAsync(C));

        Assert.Equal([true, true, false], Cached());
    }

    [Fact]
    public async Task Room_VersionLargerThanTheBudget_IsRefusedForGood()
    {
        await UseAsync(A);
        _fixture.Options.MaxCacheBytes = StagingFixture.WeightsSize;

        var failure = await Assert.ThrowsAsync<WeightsException>(() => UseAsync(B));

        Assert.False(failure.MayPass);
        Assert.Equal([true, false, false], Cached());
    }

    [Fact]
    public async Task Room_VersionIsBeingStaged_IsNotEvictedAndCountsWhole()
    {
        _fixture.Source.BreakAfter["model.onnx"] = new Queue<int>([10_000]);
        _fixture.Options.RetryDelay = TimeSpan.FromMinutes(1);
        var host = _fixture.Host();
        var staging = host.StageAsync(A, TestContext.Current.CancellationToken);
        await Eventually.IsTrueAsync(() => _fixture.Partials.Any(file => file.EndsWith("files/model.onnx", StringComparison.Ordinal) && new FileInfo(file).Length == 10_000));
        using var b = await host.StageAsync(B, TestContext.Current.CancellationToken);

        var failure = await Assert.ThrowsAsync<WeightsException>(() => host.StageAsync(C, TestContext.Current.CancellationToken));

        Assert.True(failure.MayPass);
        await Eventually.IsTrueAsync(() =>
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            return staging.IsCompleted;
        });
        using var a = await staging;
        Assert.Equal([true, true, false], Cached());
        Assert.Equal(StagingFixture.Weights(0), File.ReadAllBytes(Path.Combine(a.Folder, "model.onnx")));
    }

    [Fact]
    public async Task Room_LeftoverOfAnInterruptedStaging_GoesToo()
    {
        _fixture.Source.BreakAfter["model.onnx"] = new Queue<int>([50_000]);
        _fixture.Options.MaxAttempts = 1;
        await Assert.ThrowsAsync<WeightsException>(() => UseAsync(A));
        Assert.NotEmpty(_fixture.Partials);
        _time.Advance(TimeSpan.FromMinutes(1));

        await UseAsync(B);
        await UseAsync(C);

        Assert.Equal([false, true, true], Cached());
        Assert.Empty(_fixture.Partials);
    }

    [Fact]
    public async Task Room_DiskLacksIt_IsRefusedBeforeTheFirstByte()
    {
        _fixture.Options.MinFreeBytes = long.MaxValue / 2;

        var failure = await Assert.ThrowsAsync<WeightsException>(() => UseAsync(A));

        Assert.True(failure.MayPass);
        Assert.Contains("disk", failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, _fixture.Source.TimesOpened("model.onnx"));
    }

    public void Dispose() => _fixture.Dispose();

    private bool[] Cached() => [_fixture.IsCached(A), _fixture.IsCached(B), _fixture.IsCached(C)];

    private async Task UseAsync(ModelId id)
    {
        await _fixture.StageAsync(id);
        _time.Advance(TimeSpan.FromMinutes(1));
    }
}
