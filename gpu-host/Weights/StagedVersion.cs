using Hybrid.Contracts.Models;
using Hybrid.GpuHost.Models;

namespace Hybrid.GpuHost.Weights;

/// <summary>A version on this machine, whole and verified. Until it is disposed nobody evicts it: who serves it keeps it.</summary>
public sealed class StagedVersion(ModelId id, string folder, string? etag, ModelManifest? manifest, IDisposable? hold) : IDisposable
{
    private IDisposable? _hold = hold;

    public ModelId Id => id;

    /// <summary>Where its files are. A folder of the cache never gets another content.</summary>
    public string Folder => folder;

    /// <summary>What <see cref="IModelSource.ETagAsync"/> said of it.</summary>
    public string? ETag => etag;

    /// <summary>Null: it has none and lies where it was found.</summary>
    public ModelManifest? Manifest => manifest;

    public void Dispose() => Interlocked.Exchange(ref _hold, null)?.Dispose();
}
