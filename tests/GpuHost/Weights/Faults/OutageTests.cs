using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.GpuHost.Weights;
using Microsoft.Extensions.Time.Testing;

namespace Hybrid.GpuHost.Tests.Weights.Faults;

/// <summary>Storage that is gone for a while.</summary>
public sealed class OutageTests(StorageFixture storage) : IClassFixture<StorageFixture>, IAsyncLifetime
{
    private static readonly ModelId Id = new("model", 1);

    private readonly FakeTimeProvider _time = new();
    private BlobFixture _blobs = null!;

    [Fact]
    public async Task Stage_StorageGoneFor30Seconds_GoesOnWhereItEnded()
    {
        Default(_blobs.Options);
        _blobs.Relay.StandStillAfter(BlobFixture.WeightsSize / 2);
        var staging = _blobs.StageAsync(Id);
        await Eventually.IsTrueAsync(() => _blobs.Partials.Any(path => new FileInfo(path).Length > BlobFixture.WeightsSize / 4));
        _blobs.Relay.IsCut = true;
        await AdvanceAsync(TimeSpan.FromSeconds(30));
        Assert.False(staging.IsCompleted);
        var before = _blobs.Relay.Received;
        _blobs.Relay.IsCut = false;
        _blobs.Relay.GoOn();

        await Eventually.IsTrueAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return staging.IsCompleted;
        });

        using var version = await staging;
        Assert.Equal(BlobFixture.Weights(Id), File.ReadAllBytes(Path.Combine(version.Folder, "model.onnx")));
        Assert.InRange(_blobs.Relay.Received - before, 1, BlobFixture.WeightsSize * 3 / 4);
    }

    [Fact]
    public async Task Stage_StorageGoneForLong_IsGivenUpForNowAndGoesOnNextTime()
    {
        Default(_blobs.Options);
        _blobs.Relay.StandStillAfter(BlobFixture.WeightsSize / 2);
        var staging = _blobs.StageAsync(Id);
        await Eventually.IsTrueAsync(() => _blobs.Partials.Any(path => new FileInfo(path).Length > BlobFixture.WeightsSize / 4));
        _blobs.Relay.IsCut = true;
        await Eventually.IsTrueAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return staging.IsCompleted;
        });
        var failure = await Assert.ThrowsAsync<WeightsException>(() => staging);
        Assert.True(failure.MayPass);
        Assert.Contains("model/1/", failure.Message, StringComparison.Ordinal);
        Assert.NotEmpty(_blobs.Partials);
        _blobs.Relay.IsCut = false;
        _blobs.Relay.GoOn();
        var before = _blobs.Relay.Received;

        using var version = await _blobs.StageAsync(Id);

        Assert.InRange(_blobs.Relay.Received - before, 1, BlobFixture.WeightsSize * 3 / 4);
    }

    [Fact]
    public async Task Stage_ConnectionStandsStill_IsBrokenOffAndGoesOn()
    {
        _blobs.Time = TimeProvider.System;
        _blobs.Options.ReadTimeout = TimeSpan.FromMilliseconds(300);
        _blobs.Options.MaxAttempts = 100;
        _blobs.Relay.StandStillAfter(BlobFixture.WeightsSize / 2);
        var staging = _blobs.StageAsync(Id);
        await Eventually.IsTrueAsync(() => _blobs.Partials.Any(path => new FileInfo(path).Length > BlobFixture.WeightsSize / 4));

        // The one that stands still stays so; whoever wants the rest has to connect again.
        _blobs.Relay.LetOnlyNewConnectionsGoOn();

        using var version = await staging;
        Assert.Equal(BlobFixture.Weights(Id), File.ReadAllBytes(Path.Combine(version.Folder, "model.onnx")));
    }

    public async ValueTask InitializeAsync()
    {
        _blobs = await BlobFixture.StartAsync(storage);
        _blobs.Time = _time;
        await _blobs.PublishAsync(Id);
    }

    public ValueTask DisposeAsync() => _blobs.DisposeAsync();

    // What an operator has who set nothing.
    private static void Default(WeightsOptions options) => (options.MaxAttempts, options.RetryDelay) = (new WeightsOptions().MaxAttempts, new WeightsOptions().RetryDelay);

    // In small steps, so that whoever waits for one wait gets to its next.
    private async Task AdvanceAsync(TimeSpan span)
    {
        for (var end = _time.GetUtcNow() + span; _time.GetUtcNow() < end; _time.Advance(TimeSpan.FromMilliseconds(200)))
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }
}
