using System.Collections.Concurrent;
using System.Globalization;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.GpuHost.Tests.Models.Lifecycle;

namespace Hybrid.GpuHost.Tests.Weights.Faults;

/// <summary>A host under requests whose storage, or whose disk, fails while a new version comes: the version that is served answers every request.</summary>
public sealed class OutageUnderTrafficTests(StorageFixture storage) : IClassFixture<StorageFixture>, IAsyncLifetime
{
    private static readonly ModelId Old = new(VersionedModel.Name, 1);
    private static readonly ModelId New = new(VersionedModel.Name, 2);

    private readonly TestFolder _models = new();
    private BlobFixture _blobs = null!;

    [Fact]
    public async Task Version_HasNoRoomInTheCache_IsNotServed()
    {
        await using var host = await ServeAsync(("Weights:MaxCacheBytes", $"{BlobFixture.WeightsSize * 3 / 2}"));
        await using var traffic = new Traffic(host);
        await PublishAsync(New);

        await host.PollAsync();
        await traffic.GoesOnAsync();

        var (state, reason) = (await host.IndexAsync())[2];
        Assert.Equal("UNAVAILABLE", state);
        Assert.Contains("No room for versioned/2", reason, StringComparison.Ordinal);
        Assert.Contains("MaxCacheBytes", reason, StringComparison.Ordinal);
        Assert.Equal([1], traffic.Versions);
        Assert.Empty(_blobs.Partials);
        Assert.False(Directory.Exists(Path.Combine(_blobs.Cache, VersionedModel.Name, "2")));
        Assert.Empty(OpenFiles.Under(Path.Combine(_blobs.Cache, ".staging")));
    }

    [Fact]
    public async Task Storage_GoneWhileANewVersionComes_ServesOnAndThenTheNewOne()
    {
        await using var host = await ServeAsync(("Weights:MaxAttempts", "8"), ("Weights:RetryDelay", "00:00:00.4"));
        await using var traffic = new Traffic(host);
        await PublishAsync(New);
        _blobs.Relay.StandStillAfter(BlobFixture.WeightsSize / 2);
        var polling = host.PollAsync();
        await Eventually.IsTrueAsync(() => _blobs.Partials.Any(path => new FileInfo(path).Length > BlobFixture.WeightsSize / 4));

        _blobs.Relay.IsCut = true;
        await traffic.GoesOnAsync();
        Assert.False(polling.IsCompleted);
        Assert.Equal([1], traffic.Versions);
        _blobs.Relay.IsCut = false;
        _blobs.Relay.GoOn();

        await polling;
        await Eventually.IsTrueAsync(() => traffic.Versions.Contains(2));
        Assert.Empty(_blobs.Partials);
    }

    public async ValueTask InitializeAsync()
    {
        _blobs = await BlobFixture.StartAsync(storage);
        await PublishAsync(Old);
    }

    public async ValueTask DisposeAsync()
    {
        await _blobs.DisposeAsync();
        _models.Dispose();
    }

    private Task<LifecycleHost> ServeAsync(params (string Name, string Value)[] settings) => LifecycleHost.ServeAsync(
    [
        ("Weights:ConnectionString", _blobs.Relay.ConnectionString), ("Weights:Container", _blobs.Options.Container), ("Weights:CacheDirectory", _blobs.Cache),
        ("Weights:MinFreeBytes", "0"), .. settings,
    ]);

    // With weights beside the graph that nobody reads: they only take their time to come.
    private async Task PublishAsync(ModelId id)
    {
        var graph = await File.ReadAllBytesAsync(Path.Combine(VersionedModel.Publish(_models, id.Version), "model.onnx"), TestContext.Current.CancellationToken);
        await _blobs.PublishAsync(id, ("model.onnx", graph), ("padding.bin", BlobFixture.Weights(id)));
    }

    /// <summary>Two clients that ask one after the other, and check that every answer is the version's that it names.</summary>
    private sealed class Traffic : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly ConcurrentDictionary<int, bool> _versions = [];
        private readonly LifecycleHost _host;
        private readonly Task[] _clients;
        private int _answers;

        public Traffic(LifecycleHost host)
        {
            _host = host;
            _clients = [Task.Run(AskAsync), Task.Run(AskAsync)];
        }

        /// <summary>Versions that have answered.</summary>
        public IEnumerable<int> Versions => _versions.Keys.Order();

        /// <summary>Returns when 100 more requests were answered.</summary>
        public async Task GoesOnAsync()
        {
            var enough = Volatile.Read(ref _answers) + 100;
            await Eventually.IsTrueAsync(() => Volatile.Read(ref _answers) >= enough || _clients.Any(client => client.IsFaulted));
        }

        /// <summary>Fails if any request did.</summary>
        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await Task.WhenAll(_clients);
            _stop.Dispose();
        }

        private async Task AskAsync()
        {
            while (!_stop.IsCancellationRequested)
            {
                var reply = await _host.AskAsync();
                Assert.Equal(reply.Version.ToString(CultureInfo.InvariantCulture), VersionedModel.NumberOf(reply).ToString(CultureInfo.InvariantCulture));
                _versions[reply.Version] = true;
                Interlocked.Increment(ref _answers);
            }
        }
    }
}
