using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Models;

namespace Hybrid.Stack.Publishing.Folders;

/// <summary>Copies a version into a hidden folder beside it, which in the end is renamed. What is broken off is copied anew.</summary>
internal sealed class FolderVersionUpload : IVersionUpload
{
    private const int BufferBytes = 1 << 20;

    private readonly FolderModelRepository _repository;
    private readonly ModelVersion _id;
    private readonly string _folder;
    private readonly FileStream _lock;

    private FolderVersionUpload(FolderModelRepository repository, ModelVersion id, FileStream @lock)
    {
        _repository = repository;
        _id = id;
        _folder = repository.UnfinishedFolderOf(id);
        _lock = @lock;
    }

    public static FolderVersionUpload Begin(FolderModelRepository repository, ModelVersion id)
    {
        if (Directory.Exists(repository.FolderOf(id)))
        {
            throw new HybridException(ErrorCode.Conflict, $"{id} is there without a manifest, and hosts use it as it lies: take another number.");
        }

        if (repository.IsPlainExport(id.Model))
        {
            throw new HybridException(
                ErrorCode.Conflict, $"{id.Model} is a plain export, which hosts serve as version 1 as long as there is no other: move its files to {id.Model}/1 first.");
        }

        var folder = repository.UnfinishedFolderOf(id);
        Directory.CreateDirectory(folder);
        return new FolderVersionUpload(repository, id, Lock(folder, id));
    }

    public bool Holds(ModelFile file) => false;

    public Task StoreAsync(ModelFile file, Stream content, IProgress<long> sent, CancellationToken cancellationToken) =>
        FolderFailures.ToldAsync(_repository.Name, async () =>
        {
            var path = Path.Combine(_folder, file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await using var target = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);
            var buffer = new byte[BufferBytes];
            for (int read; (read = await content.ReadAsync(buffer, cancellationToken)) > 0;)
            {
                await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                sent.Report(target.Position);
            }

            // On disk before the rename that publishes it.
            target.Flush(flushToDisk: true);
            return true;
        });

    public Task PublishAsync(ModelManifest manifest, CancellationToken cancellationToken) => FolderFailures.ToldAsync(_repository.Name, async () =>
    {
        DeleteStrangers(manifest);
        await File.WriteAllBytesAsync(Path.Combine(_folder, ModelManifest.FileName), manifest.ToJson(), cancellationToken);
        Directory.Move(_folder, _repository.FolderOf(_id));
        return true;
    });

    /// <summary>Leaves nothing of an upload that was not published.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }

        await _lock.DisposeAsync();
    }

    private static FileStream Lock(string folder, ModelVersion id)
    {
        try
        {
            // The system frees the lock when its process ends, however it ends.
            return new FileStream(
                $"{folder}.lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
        }
        catch (IOException)
        {
            throw new HybridException(ErrorCode.Conflict, $"Somebody else pushes {id} at the same time.");
        }
    }

    private void DeleteStrangers(ModelManifest manifest)
    {
        var ours = manifest.Files.Select(file => Path.Combine(_folder, file.Path)).ToHashSet(StringComparer.Ordinal);
        foreach (var stranger in Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories).Where(path => !ours.Contains(path)))
        {
            File.Delete(stranger);
        }
    }
}
