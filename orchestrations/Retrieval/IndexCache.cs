using Azure;

namespace Hybrid.Orchestrations.Retrieval;

/// <summary>Indexes as they were last read, each with the ETag of its blob; the least recently used go when the bytes are too many.</summary>
internal sealed class IndexCache(long capacityBytes)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<CollectionName, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = new();
    private long _bytes;

    public bool TryGet(CollectionName name, out VersionedIndex index)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(name, out var node))
            {
                index = default;
                return false;
            }

            _byUse.Remove(node);
            _byUse.AddFirst(node);
            index = node.Value.Index;
            return true;
        }
    }

    /// <param name="name">Whose index.</param>
    /// <param name="index">The index and its ETag.</param>
    /// <param name="bytes">What it counts for: the size of its blob.</param>
    public void Set(CollectionName name, VersionedIndex index, long bytes)
    {
        lock (_lock)
        {
            RemoveCore(name);
            if (bytes > capacityBytes)
            {
                return;
            }

            _entries[name] = _byUse.AddFirst(new Entry(name, index, bytes));
            _bytes += bytes;
            while (_bytes > capacityBytes)
            {
                RemoveCore(_byUse.Last!.Value.Name);
            }
        }
    }

    /// <summary>Notes that storage still had this version at that time.</summary>
    /// <param name="name">Whose index.</param>
    /// <param name="etag">The version.</param>
    /// <param name="at">A timestamp from before storage was asked.</param>
    public void Confirm(CollectionName name, ETag etag, long at)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(name, out var node) && node.Value.Index.ETag == etag)
            {
                node.Value = node.Value with { Index = node.Value.Index with { ConfirmedAt = at } };
            }
        }
    }

    public void Remove(CollectionName name)
    {
        lock (_lock)
        {
            RemoveCore(name);
        }
    }

    private void RemoveCore(CollectionName name)
    {
        if (_entries.Remove(name, out var node))
        {
            _byUse.Remove(node);
            _bytes -= node.Value.Bytes;
        }
    }

    private sealed record Entry(CollectionName Name, VersionedIndex Index, long Bytes);
}

/// <summary>An index as one version of its blob holds it.</summary>
/// <param name="Index">The index.</param>
/// <param name="ETag">The blob's version.</param>
/// <param name="ConfirmedAt">A timestamp at which the blob had this version or had not got it yet.</param>
internal readonly record struct VersionedIndex(VectorIndex Index, ETag ETag, long ConfirmedAt);
