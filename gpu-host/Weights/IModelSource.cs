using Hybrid.GpuHost.Models;

namespace Hybrid.GpuHost.Weights;

/// <summary>A place that models are published in, as <c>&lt;model&gt;/&lt;version&gt;/&lt;file&gt;</c>.</summary>
/// <remarks>
/// Every member may throw a <see cref="WeightsException"/> for what another try at once will not mend, and any other exception for what it may.
/// </remarks>
public interface IModelSource
{
    /// <summary>Which versions there are.</summary>
    Task<SourceListing> ListAsync(CancellationToken cancellationToken);

    /// <summary>The version's folder when it can be used where it is; null: it has to be staged.</summary>
    string? FolderOf(ModelId id);

    /// <summary>What changes when a version is published anew: its manifest's ETag. Null: it is not there.</summary>
    Task<string?> ETagAsync(ModelId id, CancellationToken cancellationToken);

    /// <summary>A small file of the model as a whole, beside its versions. Null: it has none.</summary>
    /// <param name="name">The model.</param>
    /// <param name="file">The file's name, as <c>labels.json</c>.</param>
    /// <param name="maxBytes">A longer one is refused.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task<SourceDocument?> DocumentAsync(string name, string file, int maxBytes, CancellationToken cancellationToken);

    /// <summary>A file of a version from this byte on.</summary>
    /// <param name="id">The version.</param>
    /// <param name="path">As in its manifest.</param>
    /// <param name="offset">Bytes to leave out at its beginning.</param>
    /// <param name="etag">The content to go on with; null: the one that is there.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="WeightsException">The file is not there, or must not be read.</exception>
    /// <exception cref="SourceChangedException">It has another ETag by now.</exception>
    Task<SourceFile> OpenAsync(ModelId id, string path, long offset, string? etag, CancellationToken cancellationToken);
}
