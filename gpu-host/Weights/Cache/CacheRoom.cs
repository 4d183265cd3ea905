using Hybrid.GpuHost.Models;

namespace Hybrid.GpuHost.Weights.Cache;

/// <summary>
/// Makes room before the first byte is written, under <see cref="WeightsOptions.MaxCacheBytes"/> and on the disk: deletes what was used
/// least recently and nobody holds or stages. If that is not enough, it deletes nothing.
/// </summary>
internal sealed class CacheRoom(WeightsCache cache, WeightsOptions options, ILogger logger)
{
    private readonly Lock _planning = new();

    // Folders that grow, and the bytes that they will have.
    private readonly Dictionary<string, long> _promised = [];

    /// <summary>Keeps room for the version until it is staged, or given up. Call with the version's lock.</summary>
    /// <exception cref="WeightsException">There is none.</exception>
    public IDisposable Reserve(ModelId id, PublishedManifest published) => published.Size > options.MaxCacheBytes
        ? throw new WeightsException($"{id} has {published.Size} bytes; Weights:MaxCacheBytes allows {options.MaxCacheBytes}.")
        : Reserve($"{id}", cache.StagingFolderOf(id), published.Size);

    /// <summary>Keeps room for what is written into a version's folder beside its files. Call with the version held.</summary>
    /// <param name="folder">The version's.</param>
    /// <param name="bytes">At most so many.</param>
    /// <exception cref="WeightsException">There is none.</exception>
    public IDisposable ReserveIn(string folder, long bytes) =>
        Reserve($"{bytes} bytes in {Path.GetRelativePath(cache.Root, folder)}", folder, CacheEntry.SizeOf(folder) + bytes);

    private Reservation Reserve(string what, string folder, long size)
    {
        lock (_planning)
        {
            _promised.Add(folder, size);
            try
            {
                Evict(what, cache.Entries());
            }
            catch
            {
                _promised.Remove(folder);
                throw;
            }
        }

        return new Reservation(this, folder);
    }

    private void Evict(string what, IReadOnlyList<CacheEntry> entries)
    {
        // What grows counts with the size that it will have, not with what is there of it.
        var growing = entries.Where(entry => _promised.ContainsKey(entry.Folder)).ToHashSet();
        var promised = _promised.Values.Sum();
        var toWrite = promised - growing.Sum(entry => Math.Min(entry.Size, _promised[entry.Folder]));
        var free = new DriveInfo(cache.Root).AvailableFreeSpace;
        var overBudget = entries.Except(growing).Sum(entry => entry.Size) + promised - (options.MaxCacheBytes ?? long.MaxValue);
        var overDisk = toWrite + options.MinFreeBytes - free;

        var (missing, victims) = (Math.Max(overBudget, overDisk), new List<(CacheEntry Entry, IDisposable Lock)>());
        try
        {
            foreach (var entry in entries.Except(growing).Where(entry => entry.Size > 0).OrderBy(entry => entry.LastUsed))
            {
                if (missing <= 0)
                {
                    break;
                }

                if (FileLocks.TryTake(entry.LockPath) is { } held)
                {
                    victims.Add((entry, held));
                    missing -= entry.Size;
                }
            }

            if (missing > 0)
            {
                throw NoRoom(what, overBudget > overDisk, missing, free);
            }

            foreach (var (entry, _) in victims)
            {
                Directory.Delete(entry.Folder, recursive: true);
                Log.CacheEvicted(logger, entry.Id, entry.Size);
            }
        }
        finally
        {
            victims.ForEach(victim => victim.Lock.Dispose());
        }
    }

    private WeightsException NoRoom(string what, bool budget, long missing, long free) =>
        new(budget
            ? $"No room for {what}: {missing} bytes over Weights:MaxCacheBytes ({options.MaxCacheBytes}), and what is in the cache is in use."
            : $"No room for {what}: the cache's disk lacks {missing} bytes ({free} are free, Weights:MinFreeBytes keeps {options.MinFreeBytes}), and what is in the cache is in use.")
        {
            MayPass = true,
        };

    private void Release(string folder)
    {
        lock (_planning)
        {
            _promised.Remove(folder);
        }
    }

    private sealed class Reservation(CacheRoom room, string folder) : IDisposable
    {
        public void Dispose() => room.Release(folder);
    }
}
