using System.Collections.Immutable;

namespace Hybrid.GpuHost.Models;

/// <summary>What the host serves at one moment. Immutable: a change makes another one.</summary>
/// <param name="Serving">By name, the one version that is served.</param>
/// <param name="Failures">By name, why its newest version is not served.</param>
/// <param name="Complete">All that the source held at the start has been tried.</param>
public sealed record ModelsSnapshot(
    ImmutableSortedDictionary<string, LoadedModel> Serving, ImmutableSortedDictionary<string, string> Failures, bool Complete)
{
    public static readonly ModelsSnapshot Empty = new(
        ImmutableSortedDictionary.Create<string, LoadedModel>(StringComparer.Ordinal),
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal),
        Complete: false);

    /// <summary>Whether requests should come here: all models were tried and some serve. A broken one does not take the others down with it.</summary>
    public bool IsReady => Complete && !Serving.IsEmpty;
}
