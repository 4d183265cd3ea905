using Hybrid.Contracts.Models;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Tests.Hosts;
using Hybrid.GpuHost.Weights;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hybrid.GpuHost.Tests.Weights;

/// <summary>A folder that versions are published in, and a cache that they are staged to.</summary>
internal sealed class StagingFixture : IDisposable
{
    public const int WeightsSize = 100_000;

    private static readonly DateTime Epoch = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly TestFolder _published = new();
    private readonly TestFolder _cache = new();
    private int _publications;

    public StagingFixture()
    {
        Source = new FlakySource(_published.Path);
        Options = new WeightsOptions
        {
            Directory = _published.Path, CacheDirectory = _cache.Path, RetryDelay = TimeSpan.FromMilliseconds(1), MaxAttempts = 3, MinFreeBytes = 0,
        };
    }

    public FlakySource Source { get; }

    public WeightsOptions Options { get; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public string Cache => _cache.Path;

    /// <summary>Files of versions that are not complete.</summary>
    public IEnumerable<string> Partials =>
        Directory.Exists(_cache.Combine(".staging")) ? Directory.EnumerateFiles(_cache.Combine(".staging"), "*", SearchOption.AllDirectories) : [];

    public static byte[] Weights(int seed) => [.. Enumerable.Range(0, WeightsSize).Select(i => (byte)((i * 31 >> 3) + seed))];

    public string PublishedFolder(ModelId id) => _published.Combine(id.Name, $"{id.Version}");

    /// <summary>Writes <c>model.onnx</c> and <c>sub/config.json</c>, and their manifest last.</summary>
    public ModelManifest Publish(ModelId id, int seed = 0)
    {
        var folder = PublishedFolder(id);
        Directory.CreateDirectory(Path.Combine(folder, "sub"));
        Write(Path.Combine(folder, "model.onnx"), Weights(seed));
        Write(Path.Combine(folder, "sub", "config.json"), [.. "{}"u8, (byte)('0' + seed)]);
        return Seal(id);
    }

    public ModelManifest Seal(ModelId id)
    {
        var manifest = Manifests.Write(PublishedFolder(id));
        Write(Path.Combine(PublishedFolder(id), ModelManifest.FileName), manifest.ToJson());
        return manifest;
    }

    /// <summary>Writes a file at a time of its own: the clock of file systems is too coarse for publications as quick as a test's.</summary>
    public void Write(string path, byte[] content)
    {
        File.WriteAllBytes(path, content);
        File.SetLastWriteTimeUtc(path, Epoch.AddSeconds(++_publications));
    }

    public async Task<string> StageAsync(ModelId id)
    {
        using var version = await HoldAsync(id);
        return version.Folder;
    }

    /// <summary>As another host with the same cache would.</summary>
    public Task<StagedVersion> HoldAsync(ModelId id) => Host().StageAsync(id, TestContext.Current.CancellationToken);

    public WeightsStaging Host() => new(Source, Microsoft.Extensions.Options.Options.Create(Options), Time, NullLogger<WeightsStaging>.Instance);

    public bool IsCached(ModelId id) =>
        Directory.Exists(_cache.Combine(id.Name, $"{id.Version}"))
        && Directory.EnumerateFiles(_cache.Combine(id.Name, $"{id.Version}"), "*", SearchOption.AllDirectories).Any();

    public void Dispose()
    {
        _published.Dispose();
        _cache.Dispose();
    }
}
