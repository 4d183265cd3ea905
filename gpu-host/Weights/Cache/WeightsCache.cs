using System.Collections.Concurrent;
using System.Globalization;
using Hybrid.Contracts.Models;
using Hybrid.GpuHost.Models;

namespace Hybrid.GpuHost.Weights.Cache;

/// <summary>
/// The folder of staged versions, which the hosts of one machine may share:
/// <list type="bullet">
/// <item><c>&lt;model&gt;/&lt;version&gt;/&lt;digest of the manifest&gt;/</c>: a whole version. Its content never changes.</item>
/// <item><c>.staging/&lt;model&gt;/&lt;version&gt;/</c>: what is there of one that is not complete; kept between tries and starts.</item>
/// <item><c>.locks/&lt;model&gt;/&lt;version&gt;/</c>: who uses a version shares its lock, who stages it holds one.</item>
/// <item><c>.source/&lt;container&gt;/</c>: what the source said last, see <see cref="Offline.SourceMemory"/>.</item>
/// </list>
/// No model's name begins with a dot.
/// </summary>
internal sealed class WeightsCache(string root, TimeProvider time)
{
    private readonly string _root = Path.GetFullPath(root);
    private readonly ConcurrentDictionary<ModelId, string> _current = [];

    public string Root => _root;

    /// <summary>Waits until no other process, and nobody else here, stages this version.</summary>
    public async Task<IDisposable> LockAsync(ModelId id, CancellationToken cancellationToken)
    {
        var held = await FileLocks.TakeAsync(StagingLockOf(id), time, cancellationToken);
        TryTouch(StagingLockOf(id));
        return held;
    }

    public string StagingFolderOf(ModelId id) => Path.Combine(_root, ".staging", id.Name, Number(id));

    public PartialFolder PartialOf(ModelId id) => new(StagingFolderOf(id));

    /// <summary>Null: it is not there, or not all of it.</summary>
    public async Task<StagedVersion?> TryHoldAsync(ModelId id, PublishedManifest published, CancellationToken cancellationToken)
    {
        var version = await HoldAsync(id, published, cancellationToken);
        if (IsWhole(version.Folder, published))
        {
            Supersede(id, published.Digest);
            return version;
        }

        version.Dispose();
        return null;
    }

    /// <summary>Makes the partial folder the version. Call with the version's lock.</summary>
    public async Task<StagedVersion> PublishAsync(ModelId id, PublishedManifest published, CancellationToken cancellationToken)
    {
        // Held before it is seen, so that nobody evicts it first.
        var version = await HoldAsync(id, published, cancellationToken);
        try
        {
            var partial = PartialOf(id);
            await File.WriteAllBytesAsync(Path.Combine(partial.Files, ModelManifest.FileName), published.Json, cancellationToken);
            Directory.CreateDirectory(Path.GetDirectoryName(version.Folder)!);
            if (Directory.Exists(version.Folder))
            {
                // Found broken. Who has its files open keeps them.
                partial.TakeAway(version.Folder);
            }

            Directory.Move(partial.Files, version.Folder);
            partial.Delete();
            Supersede(id, published.Digest);
            return version;
        }
        catch
        {
            version.Dispose();
            throw;
        }
    }

    /// <summary>Deletes what there is of an incomplete version, unless somebody is at work on it.</summary>
    public void Discard(ModelId id)
    {
        try
        {
            using var held = Directory.Exists(StagingFolderOf(id)) ? FileLocks.TryTake(StagingLockOf(id)) : null;
            if (held is not null)
            {
                PartialOf(id).Delete();
            }
        }
        catch (Exception exception) when (CacheFailures.Is(exception))
        {
            // It is deleted when room is needed. What led here is worth more to the operator.
        }
    }

    /// <summary>Deletes a whole version, unless somebody uses it.</summary>
    public void Discard(StagedVersion version)
    {
        TryDelete(version.Id, Path.GetFileName(version.Folder));
        TryDeleteEmpty(version.Id, Path.GetDirectoryName(version.Folder)!);
    }

    public IReadOnlyList<CacheEntry> Entries() =>
    [
        .. Versions(_root).SelectMany(version => Folders(version.Folder).Select(folder =>
            new CacheEntry(version.Id, folder, UseLockOf(version.Id, Path.GetFileName(folder)), IsPartial: false))),
        .. Versions(Path.Combine(_root, ".staging")).Select(version =>
            new CacheEntry(version.Id, version.Folder, StagingLockOf(version.Id), IsPartial: true)),
    ];

    private async Task<StagedVersion> HoldAsync(ModelId id, PublishedManifest published, CancellationToken cancellationToken)
    {
        var path = UseLockOf(id, published.Digest);
        var held = await FileLocks.ShareAsync(path, time, cancellationToken);
        TryTouch(path);
        return new StagedVersion(id, FolderOf(id, published.Digest), published.ETag, published.Manifest, new Hold(this, id, published.Digest, held));
    }

    // A version that was published anew leaves its earlier contents behind; those still in use go with their last user.
    private void Supersede(ModelId id, string digest)
    {
        _current[id] = digest;
        foreach (var folder in Folders(Path.GetDirectoryName(FolderOf(id, digest))!).Where(folder => Path.GetFileName(folder) != digest))
        {
            TryDelete(id, Path.GetFileName(folder));
        }
    }

    private void TryDelete(ModelId id, string digest)
    {
        try
        {
            using var held = Directory.Exists(FolderOf(id, digest)) ? FileLocks.TryTake(UseLockOf(id, digest)) : null;
            if (held is not null)
            {
                Directory.Delete(FolderOf(id, digest), recursive: true);
            }
        }
        catch (Exception exception) when (CacheFailures.Is(exception))
        {
            // As above.
        }
    }

    // Whoever stages the version may be about to move its files there, so only with the lock.
    private void TryDeleteEmpty(ModelId id, string folder)
    {
        try
        {
            using var held = FileLocks.TryTake(StagingLockOf(id));
            if (held is not null && Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
            {
                Directory.Delete(folder);
            }
        }
        catch (Exception exception) when (CacheFailures.Is(exception))
        {
            // As above.
        }
    }

    /// <summary>The cheap check: the same manifest, and every file there with its size.</summary>
    private static bool IsWhole(string folder, PublishedManifest published)
    {
        var manifest = Path.Combine(folder, ModelManifest.FileName);
        return File.Exists(manifest)
            && File.ReadAllBytes(manifest).AsSpan().SequenceEqual(published.Json)
            && published.Manifest.Files.All(file => new FileInfo(Path.Combine(folder, file.Path)) is { Exists: true } info && info.Length == file.Size);
    }

    private static IEnumerable<(ModelId Id, string Folder)> Versions(string root)
    {
        foreach (var folder in Folders(root).SelectMany(Folders))
        {
            if (ModelId.TryParse(Path.GetFileName(Path.GetDirectoryName(folder)!), Path.GetFileName(folder), out var id))
            {
                yield return (id, folder);
            }
        }
    }

    private static string[] Folders(string root) => Directory.Exists(root) ? Directory.GetDirectories(root) : [];

    // Not worth a failure: it only orders what is evicted first.
    private void TryTouch(string path)
    {
        try
        {
            File.SetLastWriteTimeUtc(path, time.GetUtcNow().UtcDateTime);
        }
        catch (Exception exception) when (CacheFailures.Is(exception))
        {
        }
    }

    private string FolderOf(ModelId id, string digest) => Path.Combine(_root, id.Name, Number(id), digest);

    private string StagingLockOf(ModelId id) => Path.Combine(_root, ".locks", id.Name, Number(id), "staging");

    private string UseLockOf(ModelId id, string digest) => Path.Combine(_root, ".locks", id.Name, Number(id), digest);

    private static string Number(ModelId id) => id.Version.ToString(CultureInfo.InvariantCulture);

    private sealed class Hold(WeightsCache cache, ModelId id, string digest, IDisposable held) : IDisposable
    {
        public void Dispose()
        {
            cache.TryTouch(cache.UseLockOf(id, digest));
            held.Dispose();
            if (cache._current.TryGetValue(id, out var current) && current != digest)
            {
                cache.TryDelete(id, digest);
            }
        }
    }
}
