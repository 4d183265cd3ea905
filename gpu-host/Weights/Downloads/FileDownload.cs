using Hybrid.Contracts.Models;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Weights.Cache;

namespace Hybrid.GpuHost.Weights.Downloads;

/// <summary>
/// Fetches single files, going on where an earlier try ended, and only with the content that it began with (its ETag), until size and sha256
/// are right.
/// </summary>
internal sealed class FileDownload(IModelSource source, SourceRetries retries, ILogger logger)
{
    // A file may break on its way, and twice in the same way is the file itself.
    private const int MaxContents = 2;

    /// <returns>Bytes that were fetched now; the others were there.</returns>
    public async Task<long> FetchAsync(ModelId id, ModelFile file, PartialFolder folder, CancellationToken cancellationToken)
    {
        await using var partial = await PartialFile.OpenAsync(folder, file, cancellationToken);
        if (partial.Length == file.Size && !partial.IsVerified())
        {
            // Of an earlier publication.
            partial.Restart();
        }

        for (var contents = 1; ; contents++)
        {
            await retries.RunAsync($"{id}/{file.Path}", () => ReceiveAsync(id, file, partial, cancellationToken), () => partial.Received, cancellationToken);
            if (partial.IsVerified())
            {
                partial.Flush();
                return partial.Received;
            }

            // What is there cannot be completed to the right file, so the next try begins anew.
            partial.Restart();
            if (contents == MaxContents)
            {
                throw new WeightsException($"{id}/{file.Path} is not the file that its manifest names: its sha256 is another.");
            }

            Log.FileBroken(logger, id, file.Path);
        }
    }

    private async Task<long> ReceiveAsync(ModelId id, ModelFile file, PartialFile partial, CancellationToken cancellationToken)
    {
        if (partial.Length == file.Size)
        {
            return 0;
        }

        try
        {
            await using var remote = await source.OpenAsync(id, file.Path, partial.Length, partial.ETag, cancellationToken);
            if (remote.Length != file.Size)
            {
                throw new WeightsException($"{remote.Name} has {remote.Length} bytes; its manifest says {file.Size}.");
            }

            partial.Pin(remote.ETag);
            await partial.ReceiveAsync(remote, cancellationToken);
        }
        catch (SourceChangedException)
        {
            partial.Restart();
            throw;
        }

        return partial.Length == file.Size ? partial.Length : throw new IOException($"it ended after {partial.Length} of {file.Size} bytes");
    }
}
