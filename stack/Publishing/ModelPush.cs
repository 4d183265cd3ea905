using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Models;
using Hybrid.Models.Publishing;

namespace Hybrid.Stack.Publishing;

/// <summary>Publishes one version from a folder. Its manifest is written last, so a push that ends early has published nothing.</summary>
/// <param name="repository">Where to.</param>
/// <param name="parallelFiles">How many files are uploaded at once.</param>
public sealed class ModelPush(IModelRepository repository, int parallelFiles = ModelPush.DefaultParallelFiles)
{
    /// <summary>Fills a fast line without holding more than a few blocks of each file in memory.</summary>
    public const int DefaultParallelFiles = 4;

    /// <summary>
    /// 1. Compares with what is published: the same is not sent again, and another one is never replaced unless asked for.
    /// 2. Uploads the files that are not there yet.
    /// 3. Runs <paramref name="beforePublished"/>, for what hosts must know when they first see the version.
    /// 4. Writes the manifest.
    /// </summary>
    /// <param name="folder">Where the manifest's files are.</param>
    /// <param name="manifest">What to publish.</param>
    /// <param name="id">As what.</param>
    /// <param name="replace">Take back a version of other files that is published. Hosts that have it loaded go on with it until they look again.</param>
    /// <param name="beforePublished">Also run when the version is published already.</param>
    /// <param name="progress">Hears of the upload.</param>
    /// <param name="cancellationToken">Stops it; the next push of the same files goes on from there.</param>
    /// <returns>False: it was published already.</returns>
    /// <exception cref="HybridException"><see cref="ErrorCode.Conflict"/>: the version is published with other files, or is being published.</exception>
    public async Task<bool> PushAsync(
        string folder,
        ModelManifest manifest,
        ModelVersion id,
        bool replace,
        Func<CancellationToken, Task>? beforePublished,
        IFileProgress progress,
        CancellationToken cancellationToken)
    {
        if (await repository.ManifestAsync(id, cancellationToken) is { } published)
        {
            if (Difference(published, manifest) is not { } difference)
            {
                await (beforePublished?.Invoke(cancellationToken) ?? Task.CompletedTask);
                return false;
            }

            if (!replace)
            {
                throw new HybridException(
                    ErrorCode.Conflict, $"{id} is published with other files ({difference}), and a published version never changes: take another number.");
            }

            await repository.WithdrawAsync(id, cancellationToken);
        }

        await using var upload = await repository.BeginAsync(id, cancellationToken);
        await StoreAsync(folder, manifest, upload, progress, cancellationToken);
        await (beforePublished?.Invoke(cancellationToken) ?? Task.CompletedTask);
        await upload.PublishAsync(manifest, cancellationToken);
        return true;
    }

    private async Task StoreAsync(
        string folder, ModelManifest manifest, IVersionUpload upload, IFileProgress progress, CancellationToken cancellationToken)
    {
        // The largest first: they take the longest, and the small ones fill the gaps.
        var missing = manifest.Files.Where(file => !upload.Holds(file)).OrderByDescending(file => file.Size).ToList();
        progress.Begin("uploading", missing.Sum(file => file.Size));
        var options = new ParallelOptions { MaxDegreeOfParallelism = parallelFiles, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(missing, options, async (file, token) =>
        {
            var source = new FileStream(
                Path.Combine(folder, file.Path), FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
            await using var content = new VerifiedStream(source, file);
            await upload.StoreAsync(file, content, progress.File(file.Path, file.Size), token);
        });
    }

    /// <summary>The first file that is not the same in both, or the golden samples; null: all is the same.</summary>
    private static string? Difference(ModelManifest published, ModelManifest pushed) =>
        published.Files.Concat(pushed.Files)
            .GroupBy(file => file.Path, StringComparer.Ordinal)
            .FirstOrDefault(pair => pair.Count() != 2 || pair.First() != pair.Last())
            ?.Key
        ?? ((published.Golden ?? []).SequenceEqual(pushed.Golden ?? []) ? null : "golden");
}
