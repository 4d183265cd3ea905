using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Hybrid.Contracts.Models;
using Hybrid.GpuHost.Models;

namespace Hybrid.GpuHost.Weights;

/// <summary>Models in a blob container. A version counts once its manifest is there, which its publisher writes last.</summary>
public sealed class BlobModelSource(BlobContainerClient container) : IModelSource
{
    // Files beside the versions, as of the last list; null: it was not listed yet.
    private volatile HashSet<string>? _documents;

    // All names at once, 5000 of them in an answer: folder by folder it would be a call for each model and each version, at every poll.
    public async Task<SourceListing> ListAsync(CancellationToken cancellationToken)
    {
        var (published, incomplete, documents) = (new List<ModelId>(), new HashSet<ModelId>(), new HashSet<string>(StringComparer.Ordinal));
        try
        {
            await foreach (var blob in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, null, cancellationToken))
            {
                var parts = blob.Name.Split('/');
                if (parts.Length == 2)
                {
                    documents.Add(blob.Name);
                }
                else if (parts.Length > 2 && ModelId.TryParse(parts[0], parts[1], out var id))
                {
                    incomplete.Add(id);
                    if (parts is [_, _, ModelManifest.FileName])
                    {
                        published.Add(id);
                    }
                }
            }
        }
        catch (RequestFailedException exception) when (IsRefusal(exception))
        {
            throw Refused("the container's list", exception);
        }

        _documents = documents;
        incomplete.ExceptWith(published);
        return new SourceListing(published, [.. incomplete]);
    }

    public string? FolderOf(ModelId id) => null;

    public async Task<string?> ETagAsync(ModelId id, CancellationToken cancellationToken)
    {
        var name = $"{id}/{ModelManifest.FileName}";
        try
        {
            var properties = await container.GetBlobClient(name).GetPropertiesAsync(cancellationToken: cancellationToken);
            return properties.Value.ETag.ToString();
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return null;
        }
        catch (RequestFailedException exception) when (IsRefusal(exception))
        {
            throw Refused(name, exception);
        }
    }

    public async Task<SourceDocument?> DocumentAsync(string name, string file, int maxBytes, CancellationToken cancellationToken)
    {
        var blob = $"{name}/{file}";
        if (_documents?.Contains(blob) == false)
        {
            // Most models have none, and whoever asks has listed before.
            return null;
        }

        try
        {
            await using var remote = await DownloadAsync(blob, 0, null, cancellationToken);
            return new SourceDocument(await remote.ReadAllAsync(maxBytes, cancellationToken), remote.ETag);
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return null;
        }
        catch (RequestFailedException exception) when (IsRefusal(exception))
        {
            throw Refused(blob, exception);
        }
    }

    public async Task<SourceFile> OpenAsync(ModelId id, string path, long offset, string? etag, CancellationToken cancellationToken)
    {
        var name = $"{id}/{path}";
        try
        {
            return await DownloadAsync(name, offset, etag, cancellationToken);
        }
        catch (RequestFailedException exception) when (exception.Status == 412)
        {
            throw new SourceChangedException(name);
        }
        catch (RequestFailedException exception) when (IsRefusal(exception))
        {
            throw Refused(name, exception);
        }
    }

    private async Task<SourceFile> DownloadAsync(string name, long offset, string? etag, CancellationToken cancellationToken)
    {
        var options = new BlobDownloadOptions
        {
            // An empty blob has no range at all, not even from 0 on.
            Range = offset == 0 ? default : new HttpRange(offset),
            Conditions = etag is null ? null : new BlobRequestConditions { IfMatch = new ETag(etag) },
        };
        BlobDownloadStreamingResult download = await container.GetBlobClient(name).DownloadStreamingAsync(options, cancellationToken);
        return new SourceFile(name, download.Content, download.Details.ETag.ToString(), offset + download.Details.ContentLength);
    }

    // The SDK's own message holds headers and URIs, so only the code is passed on. What is not allowed may be tomorrow; what is not there
    // has no use before its publisher writes again.
    private static WeightsException Refused(string what, RequestFailedException exception) =>
        new($"Blob storage refused {what}: {exception.Status} {exception.ErrorCode}.", exception) { MayPass = exception.Status is 401 or 403 };

    private static bool IsRefusal(RequestFailedException exception) => exception.Status is 401 or 403 or 404 or 416;
}
