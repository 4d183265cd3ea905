using Azure;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Models;

namespace Hybrid.Stack.Publishing.Blobs;

/// <summary>
/// An upload into the version's own prefix: without its manifest no host sees it. Every blob carries its sha256 as metadata, by which
/// the next push knows what it need not send again.
/// </summary>
internal sealed class BlobVersionUpload : IVersionUpload
{
    private const string Sha256 = "sha256";

    // Blocks go out side by side, and each is retried by itself; a file holds at most these two times 8 MiB in memory.
    private static readonly StorageTransferOptions Blocks = new() { InitialTransferSize = 8 << 20, MaximumTransferSize = 8 << 20, MaximumConcurrency = 2 };

    private readonly BlobModelRepository _repository;
    private readonly BlobContainerClient _container;
    private readonly ModelVersion _id;
    private readonly Dictionary<string, ModelFile> _there;

    private BlobVersionUpload(BlobModelRepository repository, BlobContainerClient container, ModelVersion id, Dictionary<string, ModelFile> there)
    {
        _repository = repository;
        _container = container;
        _id = id;
        _there = there;
    }

    public static async Task<BlobVersionUpload> BeginAsync(
        BlobModelRepository repository, BlobContainerClient container, ModelVersion id, CancellationToken cancellationToken) =>
        new(repository, container, id, await ListAsync(repository, container, id, cancellationToken));

    public bool Holds(ModelFile file) => _there.GetValueOrDefault(file.Path) == file;

    public Task StoreAsync(ModelFile file, Stream content, IProgress<long> sent, CancellationToken cancellationToken) =>
        BlobFailures.ToldAsync($"{_repository.Name}, {file.Path}", () =>
        {
            var options = new BlobUploadOptions
            {
                Metadata = new Dictionary<string, string> { [Sha256] = file.Sha256 },
                ProgressHandler = sent,
                TransferOptions = Blocks,
            };
            return _container.GetBlobClient($"{_id}/{file.Path}").UploadAsync(content, options, cancellationToken);
        });

    public async Task PublishAsync(ModelManifest manifest, CancellationToken cancellationToken)
    {
        var there = await ListAsync(_repository, _container, _id, cancellationToken);
        if (manifest.Files.FirstOrDefault(file => there.GetValueOrDefault(file.Path) != file) is { } other)
        {
            throw new HybridException(ErrorCode.Conflict, $"{other.Path} in the container is not what was uploaded: somebody else pushes {_id} at the same time.");
        }

        var path = $"{_id}/{ModelManifest.FileName}";
        if (!await _repository.UploadJsonAsync(path, manifest.ToJson(), new BlobRequestConditions { IfNoneMatch = ETag.All }, cancellationToken)
            // Our own first try may have got through although its answer did not come back.
            && (await _repository.ManifestAsync(_id, cancellationToken))?.Files.SequenceEqual(manifest.Files) != true)
        {
            throw new HybridException(ErrorCode.Conflict, $"{_id} was published by somebody else meanwhile: take another number.");
        }
    }

    public ValueTask DisposeAsync() => default;

    private static Task<Dictionary<string, ModelFile>> ListAsync(
        BlobModelRepository repository, BlobContainerClient container, ModelVersion id, CancellationToken cancellationToken) =>
        BlobFailures.ToldAsync(repository.Name, async () =>
        {
            var files = new Dictionary<string, ModelFile>(StringComparer.Ordinal);
            await foreach (var blob in container.GetBlobsAsync(BlobTraits.Metadata, BlobStates.None, $"{id}/", cancellationToken))
            {
                var path = blob.Name[$"{id}/".Length..];
                files[path] = new ModelFile(path, blob.Properties.ContentLength ?? 0, blob.Metadata.TryGetValue(Sha256, out var sha) ? sha : "");
            }

            return files;
        });
}
