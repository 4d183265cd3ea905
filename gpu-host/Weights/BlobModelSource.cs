using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Hybrid.Contracts.Models;
using Hybrid.GpuHost.Models;

namespace Hybrid.GpuHost.Weights;

/// <summary>Models in a blob container. A version counts once its manifest is there, which its publisher writes last.</summary>
public sealed class BlobModelSource(BlobContainerClient container) : IModelSource
{
    public async Task<IReadOnlyList<ModelId>> ListAsync(CancellationToken cancellationToken)
    {
        var ids = new List<ModelId>();
        try
        {
            await foreach (var blob in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, null, cancellationToken))
            {
                if (blob.Name.Split('/') is [var name, var version, ModelManifest.FileName] && ModelId.TryParse(name, version, out var id))
                {
                    ids.Add(id);
                }
            }
        }
        catch (RequestFailedException exception) when (IsRefusal(exception))
        {
            throw Refused("the container's list", exception);
        }

        return ids;
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

    public async Task<(byte[] Json, string ETag)?> LabelsAsync(string name, CancellationToken cancellationToken)
    {
        var blob = $"{name}/{ModelLabels.FileName}";
        try
        {
            await using var file = await DownloadAsync(blob, 0, null, cancellationToken);
            return (await file.ReadAllAsync(ModelLabels.MaxBytes, cancellationToken), file.ETag);
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
