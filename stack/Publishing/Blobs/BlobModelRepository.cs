using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Models;

namespace Hybrid.Stack.Publishing.Blobs;

/// <summary>Models in a blob container.</summary>
/// <param name="container">The container.</param>
/// <param name="create">Make it when the first version is published; needs rights on the account.</param>
public sealed class BlobModelRepository(BlobContainerClient container, bool create) : IModelRepository
{
    // What hosts read at most.
    private const int MaxManifestBytes = 1 << 20;

    public string Name => $"container {container.Uri.GetLeftPart(UriPartial.Path)}";

    public Task<IReadOnlyList<StoredVersion>> ListAsync(string? model, CancellationToken cancellationToken) =>
        BlobFailures.ToldAsync<IReadOnlyList<StoredVersion>>(Name, async () =>
        {
            var versions = new Dictionary<ModelVersion, StoredVersion>();
            var prefix = model is null ? null : $"{model}/";
            try
            {
                await foreach (var blob in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, cancellationToken))
                {
                    if (blob.Name.Split('/', 3) is [var name, var number, var path] && ModelVersion.TryParse(name, number) is { } id)
                    {
                        versions[id] = With(versions.GetValueOrDefault(id) ?? new StoredVersion(id, 0, 0, IsPublished: false), path, blob.Properties);
                    }
                }
            }
            catch (RequestFailedException exception) when (exception.Status == 404 && create)
            {
                // A container that is made with its first version is empty until then.
            }

            return [.. versions.Values.OrderBy(version => version.Id.Model, StringComparer.Ordinal).ThenBy(version => version.Id.Version)];
        });

    public async Task<ModelManifest?> ManifestAsync(ModelVersion id, CancellationToken cancellationToken) =>
        await DownloadAsync($"{id}/{ModelManifest.FileName}", MaxManifestBytes, cancellationToken) is { } manifest
            ? ModelManifest.Parse(manifest.Json)
            : null;

    public async Task<IVersionUpload> BeginAsync(ModelVersion id, CancellationToken cancellationToken)
    {
        if (create)
        {
            await BlobFailures.ToldAsync(Name, () => container.CreateIfNotExistsAsync(cancellationToken: cancellationToken));
        }

        return await BlobVersionUpload.BeginAsync(this, container, id, cancellationToken);
    }

    public Task WithdrawAsync(ModelVersion id, CancellationToken cancellationToken) => BlobFailures.ToldAsync(
        Name, () => container.DeleteBlobIfExistsAsync($"{id}/{ModelManifest.FileName}", cancellationToken: cancellationToken));

    public async Task<StoredLabels> LabelsAsync(string model, CancellationToken cancellationToken) =>
        await DownloadAsync($"{model}/{ModelLabels.FileName}", ModelLabels.MaxBytes, cancellationToken) is { } labels
            ? new StoredLabels(ModelLabels.Parse(labels.Json), labels.ETag.ToString())
            : new StoredLabels(null, null);

    public async Task LabelAsync(string model, ModelLabels labels, string? revision, CancellationToken cancellationToken)
    {
        var condition = revision is null ? new BlobRequestConditions { IfNoneMatch = ETag.All } : new BlobRequestConditions { IfMatch = new ETag(revision) };
        if (!await UploadJsonAsync($"{model}/{ModelLabels.FileName}", labels.ToJson(), condition, cancellationToken))
        {
            throw new HybridException(ErrorCode.Conflict, $"The labels of {model} were changed by somebody else meanwhile; look at them and try again.");
        }
    }

    /// <summary>False: the condition did not hold.</summary>
    internal Task<bool> UploadJsonAsync(string path, byte[] json, BlobRequestConditions conditions, CancellationToken cancellationToken) =>
        BlobFailures.ToldAsync(Name, async () =>
        {
            try
            {
                var options = new BlobUploadOptions { Conditions = conditions, HttpHeaders = new BlobHttpHeaders { ContentType = "application/json" } };
                await container.GetBlobClient(path).UploadAsync(BinaryData.FromBytes(json), options, cancellationToken);
                return true;
            }
            catch (RequestFailedException exception) when (BlobFailures.IsConflict(exception))
            {
                return false;
            }
        });

    private static StoredVersion With(StoredVersion version, string path, BlobItemProperties properties) => path == ModelManifest.FileName
        ? version with { IsPublished = true }
        : version with { Files = version.Files + 1, Bytes = version.Bytes + (properties.ContentLength ?? 0) };

    private Task<(byte[] Json, ETag ETag)?> DownloadAsync(string path, int maxBytes, CancellationToken cancellationToken) =>
        BlobFailures.ToldAsync<(byte[], ETag)?>($"{Name}, {path}", async () =>
        {
            try
            {
                using BlobDownloadStreamingResult download = await container.GetBlobClient(path).DownloadStreamingAsync(cancellationToken: cancellationToken);
                if (download.Details.ContentLength > maxBytes)
                {
                    throw new HybridException(ErrorCode.Unprocessable, $"{path} is over {maxBytes} bytes.");
                }

                var json = new byte[download.Details.ContentLength];
                await download.Content.ReadExactlyAsync(json, cancellationToken);
                return (json, download.Details.ETag);
            }
            catch (RequestFailedException exception) when (exception.Status == 404 && (create || exception.ErrorCode == BlobErrorCode.BlobNotFound))
            {
                return null;
            }
        });
}
