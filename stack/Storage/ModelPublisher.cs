using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Hybrid.Contracts.Models;

namespace Hybrid.Stack.Storage;

/// <summary>Copies model versions into the blob container that GPU hosts stage from: files first, the manifest last.</summary>
public static class ModelPublisher
{
    public const string Container = "models";

    /// <summary>Publishes every <c>&lt;model&gt;/&lt;version&gt;</c> folder that is not there yet with the same manifest.</summary>
    public static async Task PublishAsync(
        string folder, string connectionString, IProgress<string> progress, CancellationToken cancellationToken)
    {
        var container = new BlobContainerClient(connectionString, Container);
        await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        var manifests = Directory.EnumerateFiles(folder, ModelManifest.FileName, SearchOption.AllDirectories).Order(StringComparer.Ordinal);
        foreach (var path in manifests)
        {
            var version = Path.GetDirectoryName(path)!;
            var name = Path.GetRelativePath(folder, version).Replace(Path.DirectorySeparatorChar, '/');
            var json = await File.ReadAllBytesAsync(path, cancellationToken);
            var blob = container.GetBlobClient($"{name}/{ModelManifest.FileName}");
            if (await IsPublishedAsync(blob, json, cancellationToken))
            {
                progress.Report($"models: {name} is in the container");
                continue;
            }

            foreach (var file in ModelManifest.Parse(json).Files)
            {
                var target = container.GetBlobClient($"{name}/{file.Path}");
                await target.UploadAsync(Path.Combine(version, file.Path), overwrite: true, cancellationToken);
            }

            await blob.UploadAsync(BinaryData.FromBytes(json), overwrite: true, cancellationToken);
            progress.Report($"models: {name} published to the container");
        }
    }

    private static async Task<bool> IsPublishedAsync(BlobClient blob, byte[] manifest, CancellationToken cancellationToken)
    {
        if (!await blob.ExistsAsync(cancellationToken))
        {
            return false;
        }

        BlobDownloadResult there = await blob.DownloadContentAsync(cancellationToken);
        return there.Content.ToMemory().Span.SequenceEqual(manifest);
    }
}
