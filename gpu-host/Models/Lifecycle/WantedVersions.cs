using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Hybrid.GpuHost.Models.Lifecycle;

/// <summary>Which versions of a name are to be in memory, for whoever is about to publish one.</summary>
internal sealed class WantedVersions
{
    private readonly ConcurrentDictionary<string, ImmutableSortedSet<int>> _wanted = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _unloaded = new(StringComparer.Ordinal);

    /// <summary>None where the name was unloaded.</summary>
    public ImmutableSortedSet<int> this[string name]
    {
        get => IsUnloaded(name) ? [] : _wanted.GetValueOrDefault(name, []);
        set => _wanted[name] = value;
    }

    /// <summary>Somebody has unloaded it by name, and nobody has loaded it since: nothing of it may be published.</summary>
    public bool IsUnloaded(string name) => _unloaded.ContainsKey(name);

    public void Unload(string name) => _unloaded[name] = true;

    public void Load(string name) => _unloaded.TryRemove(name, out _);
}
