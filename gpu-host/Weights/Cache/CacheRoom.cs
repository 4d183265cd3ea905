using Hybrid.GpuHost.Models;

namespace Hybrid.GpuHost.Weights.Cache;

/// <summary>
/// Makes room for a version before its first byte comes, under <see cref="WeightsOptions.MaxCacheBytes"/> and on the disk: deletes what was used
/// least recently and nobody holds or stages. If that is not enough, it deletes nothing.
/// </summary>
internal sealed class CacheRoom(WeightsCache cache, WeightsOptions options, ILogger logger)
{
    private readonly Lock _planning = new();
    private readonly Dictionary<ModelId, long> _promised = [];

    /// <summary>Keeps room for the version until it is staged, or given up. Call with the version's lock.</summary>
    /// <exception cref="WeightsException">There is none.</exception>
    public IDisposable Reserve(ModelId id, PublishedManifest published)
    {
        if (published.Size > options.MaxCacheBytes)
        {
            throw new WeightsException($"{id} has {published.Size} bytes; Weights:MaxCacheBytes allows {options.MaxCacheBytes}.");
        }

        lock (_planning)
        {
            _promised.Add(id, published.Size);
            try
            {
                Evict(id, cache.Entries());
            }
            catch
            {
                _promised.Remove(id);
                throw;
            }
        }

        return new Reservation(this, id);
    }

    private void Evict(ModelId id, IReadOnlyList<CacheEntry> entries)
    {
        // What is being staged counts with the size that it will have, not with what is there of it.
        var staged = entries.Where(entry => entry.IsPartial && _promised.ContainsKey(entry.Id)).ToHashSet();
        var promised = _promised.Values.Sum();
        var toWrite = promised - staged.Sum(entry => Math.Min(entry.Size, _promised[entry.Id]));
        var free = new DriveInfo(cache.Root).AvailableFreeSpace;
        var overBudget = entries.Except(staged).Sum(entry => entry.Size) + promised - (options.MaxCacheBytes ?? long.MaxValue);
        var overDisk = toWrite + options.MinFreeBytes - free;

        var (missing, victims) = (Math.Max(overBudget, overDisk), new List<(CacheEntry Entry, IDisposable Lock)>());
        try
        {
            foreach (var entry in entries.Except(staged).Where(entry => entry.Size > 0).OrderBy(entry => entry.LastUsed))
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
                throw NoRoom(id, overBudget > overDisk, missing, free);
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

    private WeightsException NoRoom(ModelId id, bool budget, long missing, long free) =>
        new(budget
            ? $"No room for {id}: {missing} bytes over Weights:MaxCacheBytes ({options.MaxCacheBytes}), and what is in the cache is in use."
            : $"No room for {id}: the cache's disk lacks {missing} bytes ({free} are free, Weights:MinFreeBytes keeps {options.MinFreeBytes}), and what is in the cache is in use.")
        {
            MayPass = true,
        };

    private void Release(ModelId id)
    {
        lock (_planning)
        {
            _promised.Remove(id);
        }
    }

    private sealed class Reservation(CacheRoom room, ModelId id) : IDisposable
    {
        public void Dispose() => room.Release(id);
    }
}
