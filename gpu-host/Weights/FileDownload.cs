using Hybrid.Contracts.Models;
using Hybrid.GpuHost.Models;

namespace Hybrid.GpuHost.Weights;

/// <summary>Fetches single files, going on where an earlier try ended, until size and sha256 are right or the tries are used up.</summary>
internal sealed class FileDownload(IModelSource source, WeightsOptions options, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(30);

    public Task FetchAsync(ModelId id, ModelFile file, string target, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        return RetryAsync(id, file.Path, () => TryFetchAsync(id, file, target, cancellationToken), cancellationToken);
    }

    /// <summary>A file that fits into memory.</summary>
    public async Task<byte[]> ReadSmallAsync(ModelId id, string path, int maxBytes, CancellationToken cancellationToken)
    {
        byte[] bytes = [];
        await RetryAsync(id, path, async () => bytes = await TryReadAsync(id, path, maxBytes, cancellationToken), cancellationToken);
        return bytes;
    }

    private async Task RetryAsync(ModelId id, string path, Func<Task> attempt, CancellationToken cancellationToken)
    {
        var delay = options.RetryDelay;
        for (var number = 1; ; number++)
        {
            try
            {
                await attempt();
                return;
            }
            catch (Exception exception) when (SourceFailures.IsTransient(exception, cancellationToken) && number < options.MaxAttempts)
            {
                Log.DownloadRetried(logger, id, path, number, SourceFailures.Reason(exception));
                await Task.Delay(delay, time, cancellationToken);
                delay = delay * 2 < MaxDelay ? delay * 2 : MaxDelay;
            }
            catch (Exception exception) when (SourceFailures.IsTransient(exception, cancellationToken))
            {
                throw new WeightsException($"{id}/{path} could not be had in {options.MaxAttempts} tries: {SourceFailures.Reason(exception)}", exception);
            }
        }
    }

    private async Task TryFetchAsync(ModelId id, ModelFile file, string target, CancellationToken cancellationToken)
    {
        await using (var local = new FileStream(target, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, 1 << 16, FileOptions.Asynchronous))
        {
            if (local.Length > file.Size)
            {
                local.SetLength(0);
            }

            local.Seek(0, SeekOrigin.End);
            if (local.Length < file.Size)
            {
                await using var remote = await source.OpenAsync(id, file.Path, local.Length, cancellationToken);
                await CopyAsync(remote, local, file, cancellationToken);
            }

            // On disk before the rename that says so: a power cut must not leave a verified name over empty pages.
            local.Flush(flushToDisk: true);
        }

        if (await FileHash.OfAsync(target, cancellationToken) != file.Sha256)
        {
            // What is there cannot be completed to the right file, so the next try begins anew.
            File.Delete(target);
            throw new IOException("its sha256 is not the manifest's");
        }
    }

    private static async Task CopyAsync(Stream remote, FileStream local, ModelFile file, CancellationToken cancellationToken)
    {
        var buffer = new byte[1 << 18];
        for (int read; (read = await remote.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (local.Position + read > file.Size)
            {
                throw new WeightsException($"{file.Path} is longer than the {file.Size} bytes of the manifest.");
            }

            await local.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        if (local.Position < file.Size)
        {
            throw new IOException($"it ended after {local.Position} of {file.Size} bytes");
        }
    }

    private async Task<byte[]> TryReadAsync(ModelId id, string path, int maxBytes, CancellationToken cancellationToken)
    {
        await using var remote = await source.OpenAsync(id, path, 0, cancellationToken);
        var bytes = new byte[maxBytes + 1];
        var length = await remote.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        return length <= maxBytes ? bytes[..length] : throw new WeightsException($"{id}/{path} is over {maxBytes} bytes.");
    }
}
