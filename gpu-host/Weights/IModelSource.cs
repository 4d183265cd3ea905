using Hybrid.GpuHost.Models;

namespace Hybrid.GpuHost.Weights;

/// <summary>A place that models are published in, as <c>&lt;model&gt;/&lt;version&gt;/&lt;file&gt;</c>.</summary>
public interface IModelSource
{
    /// <summary>The versions that are published completely. Names that are no model names are left out.</summary>
    Task<IReadOnlyList<ModelId>> ListAsync(CancellationToken cancellationToken);

    /// <summary>The version's folder when it can be used where it is; null: it has to be staged.</summary>
    string? FolderOf(ModelId id);

    /// <summary>A file of a version from this byte on.</summary>
    /// <exception cref="WeightsException">The file is not there, or must not be read. Any other exception: it may be there at the next try.</exception>
    Task<Stream> OpenAsync(ModelId id, string path, long offset, CancellationToken cancellationToken);
}

/// <summary>A version that cannot be used, whatever the number of tries. The message is for the operator.</summary>
public sealed class WeightsException(string message, Exception? inner = null) : Exception(message, inner);
