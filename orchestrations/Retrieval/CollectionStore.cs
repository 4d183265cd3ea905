using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Hybrid.Contracts.Errors;
using Hybrid.Orchestrations.Caching;
using Hybrid.Orchestrations.Caching.AbsentIds;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Hybrid.Orchestrations.Retrieval;

/// <summary>
/// Collections in blob storage, one blob <c>&lt;tenant&gt;/&lt;name&gt;/index</c> each. Reads ask storage whether the copy in memory is
/// still the blob's version, so a change shows everywhere at once; writes carry the version that they began from, and a
/// lost race is read and applied again.
/// </summary>
public sealed class CollectionStore
{
    private readonly BlobContainerClient _container;
    private readonly RetrievalOptions _options;
    private readonly CachingOptions _caching;
    private readonly TimeProvider _time;
    private readonly ILogger<CollectionStore> _logger;
    private readonly IndexCache _cache;
    private readonly AbsentIdFilter _absent;

    internal CollectionStore(
        BlobServiceClient blobs,
        IOptions<RetrievalOptions> options,
        IOptions<CachingOptions> caching,
        CachingMetrics metrics,
        TimeProvider time,
        ILogger<CollectionStore> logger)
    {
        _options = options.Value;
        _caching = caching.Value;
        _time = time;
        _container = blobs.GetBlobContainerClient(_options.Container);
        _logger = logger;
        _cache = new IndexCache(_options.CacheBytes);
        _absent = new AbsentIdFilter("collection", ListAllAsync, caching, metrics, time);
    }

    /// <exception cref="HybridException"><see cref="ErrorCode.NotFound"/>; <see cref="ErrorCode.Internal"/> when the blob is damaged.</exception>
    public async Task<VectorIndex> GetAsync(CollectionName name, CancellationToken cancellation) =>
        await IsAbsentAsync(name, cancellation) ? throw NotFound(name)
        : (await TryReadAsync(name, cancellation))?.Index ?? throw NotFound(name);

    /// <summary>Whether the collection is known not to have the document, without asking storage. False: nothing is known.</summary>
    public async ValueTask<bool> IsAbsentAsync(CollectionName name, string document, CancellationToken cancellation) =>
        _cache.TryGet(name, out var known)
            ? _caching.Enabled && _time.GetElapsedTime(known.ConfirmedAt) < _caching.AbsentIds.Window && known.Index.Find(document) is null
            : await IsAbsentAsync(name, cancellation);

    /// <summary>
    /// Applies a change to the collection as it is now, as often as others get in between, and returns what was written.
    /// </summary>
    /// <param name="name">Which collection.</param>
    /// <param name="change">From what is there (null: nothing) to what shall be; called again after a lost race.</param>
    /// <param name="cancellation">Stops before the next step.</param>
    /// <exception cref="HybridException"><see cref="ErrorCode.Conflict"/> when too many others write; what <paramref name="change"/> throws.</exception>
    public async Task<VectorIndex> UpdateAsync(CollectionName name, Func<VectorIndex?, VectorIndex> change, CancellationToken cancellation)
    {
        for (var attempt = 1; attempt <= MaxWriteAttempts; attempt++)
        {
            var current = await TryReadAsync(name, cancellation);
            var changed = change(current?.Index);
            if (ReferenceEquals(changed, current?.Index))
            {
                return changed;
            }

            if (await TryWriteAsync(name, changed, current?.ETag, cancellation))
            {
                if (current is null || changed.Count > current.Value.Index.Count)
                {
                    // Other processes may still deny what has just been added.
                    await _absent.AnnounceAsync(name.ToString(), cancellation);
                }

                return changed;
            }

            Log.WriteRaceLost(_logger, name.ToString(), attempt);
        }

        throw new HybridException(new Error(
            ErrorCode.Conflict, $"Collection '{name.Name}' is being changed by others; try again.", "collection", TimeSpan.FromSeconds(1)));
    }

    /// <summary>The names of a tenant's collections, in ordinal order.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(string tenant, CancellationToken cancellation)
    {
        var prefix = tenant + "/";
        var names = new List<string>();
        try
        {
            await foreach (var item in _container.GetBlobsByHierarchyAsync(BlobTraits.None, BlobStates.None, "/", prefix, cancellation))
            {
                if (item.IsPrefix)
                {
                    names.Add(item.Prefix[prefix.Length..^1]);
                }
            }
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            // no container yet: no collections
        }

        return names;
    }

    /// <summary>Removes a collection whole; false when there was none.</summary>
    public async Task<bool> DeleteAsync(CollectionName name, CancellationToken cancellation)
    {
        if (await IsAbsentAsync(name, cancellation))
        {
            return false;
        }

        _cache.Remove(name);
        try
        {
            return await Blob(name).DeleteIfExistsAsync(cancellationToken: cancellation);
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return false;
        }
    }

    // Each try is lost only to a write that succeeded, so even a crowd makes progress.
    private const int MaxWriteAttempts = 10;

    private BlobClient Blob(CollectionName name) => _container.GetBlobClient($"{name.Tenant}/{name.Name}/index");

    private static HybridException NotFound(CollectionName name) =>
        new(ErrorCode.NotFound, $"There is no collection '{name.Name}'.", "collection");

    private async ValueTask<bool> IsAbsentAsync(CollectionName name, CancellationToken cancellation) =>
        !_cache.TryGet(name, out _) && await _absent.IsAbsentAsync(name.ToString(), cancellation);

    private async IAsyncEnumerable<string> ListAllAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        const string index = "/index";
        if (!await _container.ExistsAsync(cancellation))
        {
            yield break;
        }

        await foreach (var blob in _container.GetBlobsAsync(BlobTraits.None, BlobStates.None, null, cancellation))
        {
            if (blob.Name.EndsWith(index, StringComparison.Ordinal))
            {
                yield return blob.Name[..^index.Length];
            }
        }
    }

    private async Task<VersionedIndex?> TryReadAsync(CollectionName name, CancellationToken cancellation)
    {
        var askedAt = _time.GetTimestamp();
        var cached = _cache.TryGet(name, out var known);
        try
        {
            var conditions = cached ? new BlobRequestConditions { IfNoneMatch = known.ETag } : null;
            var response = await Blob(name).DownloadStreamingAsync(new BlobDownloadOptions { Conditions = conditions }, cancellation);
            if (response.GetRawResponse().Status == 304)
            {
                _cache.Confirm(name, known.ETag, askedAt);
                return known;
            }

            using var download = response.Value;
            var bytes = await ReadAsync(name, download, cancellation);
            var fresh = new VersionedIndex(Parse(name, bytes), download.Details.ETag, askedAt);
            _cache.Set(name, fresh, bytes.Length);
            return fresh;
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            _cache.Remove(name);
            _absent.NoteAbsence();
            return null;
        }
    }

    private async Task<byte[]> ReadAsync(CollectionName name, BlobDownloadStreamingResult download, CancellationToken cancellation)
    {
        if (download.Details.ContentLength > _options.MaxIndexBytes)
        {
            throw Corrupt(name, $"it has {download.Details.ContentLength} bytes, more than Retrieval:MaxIndexBytes = {_options.MaxIndexBytes}");
        }

        var bytes = new byte[download.Details.ContentLength];
        await download.Content.ReadExactlyAsync(bytes, cancellation);
        return bytes;
    }

    private VectorIndex Parse(CollectionName name, byte[] bytes)
    {
        try
        {
            return IndexFormat.Read(bytes);
        }
        catch (InvalidDataException exception)
        {
            throw Corrupt(name, exception.Message);
        }
    }

    private HybridException Corrupt(CollectionName name, string reason)
    {
        Log.CollectionCorrupt(_logger, name.ToString(), reason);
        return new HybridException(
            ErrorCode.Internal, $"Collection '{name.Name}' is damaged in storage: {reason}. Delete it and index its documents again.", "collection");
    }

    private async Task<bool> TryWriteAsync(CollectionName name, VectorIndex index, ETag? replaces, CancellationToken cancellation)
    {
        var bytes = IndexFormat.Write(index);
        if (bytes.Length > _options.MaxIndexBytes)
        {
            throw new HybridException(
                ErrorCode.PayloadTooLarge, $"Collection '{name.Name}' would take more than {_options.MaxIndexBytes} bytes.", "documents");
        }

        var conditions = replaces is { } etag
            ? new BlobRequestConditions { IfMatch = etag }
            : new BlobRequestConditions { IfNoneMatch = ETag.All };
        try
        {
            var beganAt = _time.GetTimestamp();
            var written = await UploadAsync(name, bytes, conditions, cancellation);
            _cache.Set(name, new VersionedIndex(index, written.ETag, beganAt), bytes.Length);
            Log.CollectionWritten(_logger, name.ToString(), index.Count, bytes.Length);
            return true;
        }
        catch (RequestFailedException exception) when (exception.Status is 409 or 412)
        {
            return false;
        }
    }

    private async Task<BlobContentInfo> UploadAsync(
        CollectionName name, byte[] bytes, BlobRequestConditions conditions, CancellationToken cancellation)
    {
        var options = new BlobUploadOptions { Conditions = conditions };
        try
        {
            return await Blob(name).UploadAsync(new BinaryData(bytes), options, cancellation);
        }
        catch (RequestFailedException exception) when (exception.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            await _container.CreateIfNotExistsAsync(cancellationToken: cancellation);
            return await Blob(name).UploadAsync(new BinaryData(bytes), options, cancellation);
        }
    }
}
