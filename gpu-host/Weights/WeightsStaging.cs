using System.Security.Cryptography;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Models;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Weights.Cache;
using Hybrid.GpuHost.Weights.Downloads;
using Microsoft.Extensions.Options;

namespace Hybrid.GpuHost.Weights;

/// <summary>
/// Brings a version to this machine, whole and verified or not at all.
/// <list type="number">
/// <item>Read the manifest; a version in the cache that agrees with it is used as it is.</item>
/// <item>Lock the version, so that two hosts with one cache do not write the same files.</item>
/// <item>Make room for it.</item>
/// <item>Download into a folder of its own, several files at a time, going on where an earlier try ended; check size and sha256 of every file.</item>
/// <item>Look at the manifest's ETag again, and rename that folder to its place: a reader sees the whole version or none.</item>
/// </list>
/// A version that changes meanwhile begins anew, so that files of two publications never meet.
/// </summary>
public sealed class WeightsStaging
{
    private readonly IModelSource _source;
    private readonly WeightsOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly WeightsCache _cache;
    private readonly CacheRoom _room;
    private readonly SourceRetries _retries;
    private readonly FileDownload _download;

    public WeightsStaging(IModelSource source, IOptions<WeightsOptions> options, TimeProvider time, ILogger<WeightsStaging> logger)
    {
        _source = source;
        _options = options.Value;
        _time = time;
        _logger = logger;
        _cache = new WeightsCache(_options.CacheDirectory, time);
        _room = new CacheRoom(_cache, _options, logger);
        _retries = new SourceRetries(_options, time, logger);
        _download = new FileDownload(source, _retries, logger);
    }

    /// <summary>The version on this machine. Who uses its files holds it meanwhile.</summary>
    /// <exception cref="WeightsException">The version is broken, or could not be had within the tries that are allowed.</exception>
    public async Task<StagedVersion> StageAsync(ModelId id, CancellationToken cancellationToken)
    {
        if (_source.FolderOf(id) is { } folder)
        {
            return new StagedVersion(id, folder, await ETagAsync(id, cancellationToken), manifest: null, hold: null);
        }

        try
        {
            return await StageUntilStableAsync(id, cancellationToken);
        }
        catch (Exception exception) when (exception is WeightsException || CacheFailures.Is(exception))
        {
            var failure = exception as WeightsException ?? CacheFailures.Of(exception);
            if (!failure.MayPass || CacheFailures.IsFull(failure.InnerException))
            {
                _cache.Discard(id);
            }

            throw failure;
        }
    }

    /// <summary>Keeps room in the cache for what is made of a staged version and lies beside its files, until that is there. Call with the version held.</summary>
    /// <param name="folder">The version's.</param>
    /// <param name="bytes">At most so many.</param>
    /// <exception cref="WeightsException">There is none, and what nobody uses would not be enough.</exception>
    public IDisposable ReserveIn(string folder, long bytes) => _room.ReserveIn(folder, bytes);

    /// <summary>Gives back a version that cannot be served as it is: unless somebody else uses its files, they go.</summary>
    public void Discard(StagedVersion version)
    {
        version.Dispose();
        if (version.Manifest is not null)
        {
            _cache.Discard(version);
        }
    }

    private async Task<StagedVersion> StageUntilStableAsync(ModelId id, CancellationToken cancellationToken)
    {
        for (var round = 1; ; round++)
        {
            // 1
            var published = await ReadManifestAsync(id, cancellationToken);
            try
            {
                return await TryTakeCachedAsync(id, published, cancellationToken) ?? await StageAsync(id, published, cancellationToken);
            }
            catch (Exception exception) when (exception is SourceChangedException or WeightsException { MayPass: false })
            {
                // A file that is missing, or not what the manifest says, may be one of the next publication: its manifest comes last.
                if (exception is WeightsException && await ETagAsync(id, cancellationToken) == published.ETag)
                {
                    throw;
                }

                if (round == _options.MaxAttempts)
                {
                    throw new WeightsException($"{id} changed each of the {round} times that it was staged.", exception) { MayPass = true };
                }

                Log.VersionChanged(_logger, id, exception.Message);
            }
        }
    }

    private async Task<StagedVersion> StageAsync(ModelId id, PublishedManifest published, CancellationToken cancellationToken)
    {
        // 2
        using var held = await _cache.LockAsync(id, cancellationToken);
        if (await TryTakeCachedAsync(id, published, cancellationToken) is { } cached)
        {
            return cached;
        }

        // 3
        var started = _time.GetTimestamp();
        var manifest = published.Manifest;
        var partial = _cache.PartialOf(id);
        partial.Prepare(manifest);
        using var room = _room.Reserve(id, published);

        // 4
        var fetched = 0L;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _options.ParallelFiles, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(manifest.Files.OrderByDescending(file => file.Size), parallel, async (file, stop) =>
        {
            var bytes = await _download.FetchAsync(id, file, partial, stop);
            Interlocked.Add(ref fetched, bytes);
        });

        // 5
        if (await ETagAsync(id, cancellationToken) != published.ETag)
        {
            throw new SourceChangedException($"{id}/{ModelManifest.FileName}");
        }

        var version = await _cache.PublishAsync(id, published, cancellationToken);
        Log.ModelStaged(_logger, id, manifest.Size, _time.GetElapsedTime(started).TotalMilliseconds, fetched);
        return version;
    }

    private async Task<StagedVersion?> TryTakeCachedAsync(ModelId id, PublishedManifest published, CancellationToken cancellationToken)
    {
        var version = await _cache.TryHoldAsync(id, published, cancellationToken);
        if (version is null || !_options.VerifyCache)
        {
            return version;
        }

        foreach (var file in published.Manifest.Files)
        {
            await using var content = File.OpenRead(Path.Combine(version.Folder, file.Path));
            if (Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken)) != file.Sha256)
            {
                Log.CachedFileBroken(_logger, id, file.Path);
                version.Dispose();
                return null;
            }
        }

        return version;
    }

    private Task<string?> ETagAsync(ModelId id, CancellationToken cancellationToken) =>
        _retries.RunAsync($"{id}/{ModelManifest.FileName}", () => _source.ETagAsync(id, cancellationToken), () => 0, cancellationToken);

    private async Task<PublishedManifest> ReadManifestAsync(ModelId id, CancellationToken cancellationToken)
    {
        var (json, etag) = await _retries.RunAsync($"{id}/{ModelManifest.FileName}", ReadAsync, () => 0, cancellationToken);
        try
        {
            return new PublishedManifest(ModelManifest.Parse(json), etag);
        }
        catch (HybridException exception)
        {
            throw new WeightsException($"{id}: {exception.Message}", exception);
        }

        async Task<(byte[] Json, string ETag)> ReadAsync()
        {
            await using var file = await _source.OpenAsync(id, ModelManifest.FileName, 0, etag: null, cancellationToken);
            return (await file.ReadAllAsync(ModelManifest.MaxBytes, cancellationToken), file.ETag);
        }
    }
}
