using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Models;
using Hybrid.GpuHost.Models;
using Microsoft.Extensions.Options;

namespace Hybrid.GpuHost.Weights;

/// <summary>
/// Brings a version to this machine, whole and verified or not at all.
/// <list type="number">
/// <item>Read the manifest; a version in the cache that agrees with it is used as it is.</item>
/// <item>Lock the version, so that two hosts with one cache do not write the same files.</item>
/// <item>Download into a folder of its own, going on where an earlier try ended; check size and sha256 of every file.</item>
/// <item>Rename that folder to its place: a reader sees the whole version or none.</item>
/// </list>
/// </summary>
public sealed class WeightsStaging(IModelSource source, IOptions<WeightsOptions> options, TimeProvider time, ILogger<WeightsStaging> logger)
{
    private const int MaxManifestBytes = 1 << 20;

    private readonly WeightsCache _cache = new(options.Value.CacheDirectory);
    private readonly FileDownload _download = new(source, options.Value, time, logger);

    /// <summary>The folder that holds the version.</summary>
    /// <exception cref="WeightsException">The version is broken, or could not be had within the tries that are allowed.</exception>
    public async Task<string> StageAsync(ModelId id, CancellationToken cancellationToken)
    {
        if (source.FolderOf(id) is { } folder)
        {
            return folder;
        }

        // 1
        var manifest = await ReadManifestAsync(id, cancellationToken);
        if (await IsCachedAsync(id, manifest, cancellationToken))
        {
            return _cache.FolderOf(id);
        }

        // 2
        using var held = await _cache.LockAsync(id, time, cancellationToken);
        if (await IsCachedAsync(id, manifest, cancellationToken))
        {
            return _cache.FolderOf(id);
        }

        // 3
        var started = time.GetTimestamp();
        var partial = _cache.PartialFolderOf(id);
        foreach (var file in manifest.Files)
        {
            await _download.FetchAsync(id, file, Path.Combine(partial, file.Path), cancellationToken);
        }

        // 4
        _cache.Publish(id, manifest);
        Log.ModelStaged(logger, id, manifest.Files.Sum(file => file.Size), time.GetElapsedTime(started).TotalMilliseconds);
        return _cache.FolderOf(id);
    }

    private async Task<bool> IsCachedAsync(ModelId id, ModelManifest manifest, CancellationToken cancellationToken)
    {
        if (!_cache.Holds(id, manifest))
        {
            return false;
        }

        if (options.Value.VerifyCache)
        {
            foreach (var file in manifest.Files)
            {
                if (await FileHash.OfAsync(Path.Combine(_cache.FolderOf(id), file.Path), cancellationToken) != file.Sha256)
                {
                    Log.CachedFileBroken(logger, id, file.Path);
                    return false;
                }
            }
        }

        return true;
    }

    private async Task<ModelManifest> ReadManifestAsync(ModelId id, CancellationToken cancellationToken)
    {
        var json = await _download.ReadSmallAsync(id, ModelManifest.FileName, MaxManifestBytes, cancellationToken);
        try
        {
            return ModelManifest.Parse(json);
        }
        catch (HybridException exception)
        {
            throw new WeightsException($"{id}: {exception.Message}", exception);
        }
    }
}
