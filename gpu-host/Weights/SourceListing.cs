using Hybrid.GpuHost.Models;

namespace Hybrid.GpuHost.Weights;

/// <summary>Which versions a source has. Names that are no model names are left out.</summary>
/// <param name="Published">Those that are published completely.</param>
/// <param name="Incomplete">Those that have files, but not the manifest that comes last.</param>
public sealed record SourceListing(IReadOnlyList<ModelId> Published, IReadOnlyList<ModelId> Incomplete)
{
    /// <summary>The source does not answer: this is what it said last.</summary>
    public bool IsRecalled { get; init; }
}
