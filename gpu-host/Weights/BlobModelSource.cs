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
        catch (RequestFailedException exception) when (IsFinal(exception))
        {
            throw Refused("the container's list", exception);
        }

        return ids;
    }

    public string? FolderOf(ModelId id) => null;

    public async Task<Stream> OpenAsync(ModelId id, string path, long offset, CancellationToken cancellationToken)
    {
        try
        {
            var options = new BlobDownloadOptions { Range = new HttpRange(offset) };
            var download = await container.GetBlobClient($"{id}/{path}").DownloadStreamingAsync(options, cancellationToken);
            return download.Value.Content;
        }
        catch (RequestFailedException exception) when (IsFinal(exception))
        {
            throw Refused($"{id}/{path}", exception);
        }
    }

    // The SDK's own message holds headers and URIs, so only the code is passed on. Everything else it throws may pass by itself.
    private static WeightsException Refused(string what, RequestFailedException exception) =>
        new($"Blob storage refused {what}: {exception.Status} {exception.ErrorCode}.", exception);

    private static bool IsFinal(RequestFailedException exception) => exception.Status is 403 or 404 or 416;
}
