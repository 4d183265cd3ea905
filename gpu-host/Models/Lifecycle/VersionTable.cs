using System.Collections.Immutable;

namespace Hybrid.GpuHost.Models.Lifecycle;

/// <summary>What is known of all versions, for the index and for who decides. Readers take no lock.</summary>
internal sealed class VersionTable
{
    private static readonly Comparer<ModelId> ByNameAndVersion = Comparer<ModelId>.Create((a, b) =>
        string.CompareOrdinal(a.Name, b.Name) is var order and not 0 ? order : a.Version.CompareTo(b.Version));

    private readonly Lock _writing = new();
    private volatile ImmutableSortedDictionary<ModelId, VersionStatus> _versions = ImmutableSortedDictionary.Create<ModelId, VersionStatus>(ByNameAndVersion);

    /// <summary>By name and version.</summary>
    public IEnumerable<VersionStatus> All => _versions.Values;

    /// <summary>A version that nothing is known of was never tried.</summary>
    public VersionStatus this[ModelId id] => _versions.GetValueOrDefault(id) ?? new VersionStatus(id);

    public IEnumerable<VersionStatus> Of(string name) => _versions.Values.Where(version => version.Id.Name == name);

    public void Set(ModelId id, Func<VersionStatus, VersionStatus> change)
    {
        lock (_writing)
        {
            _versions = _versions.SetItem(id, change(this[id]));
        }
    }

    public void Remove(ModelId id)
    {
        lock (_writing)
        {
            _versions = _versions.Remove(id);
        }
    }
}
