namespace Hybrid.GpuHost.Models.Lifecycle;

/// <summary>A line of the repository index.</summary>
/// <param name="Id">The version.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Reason">Why it does not answer, or not in its newest form; empty where there is nothing to say.</param>
public sealed record VersionEntry(ModelId Id, VersionState State, string Reason);

/// <summary>Where a version stands, in the words of Triton's repository index.</summary>
public enum VersionState
{
    /// <summary>It does not answer.</summary>
    Unavailable = 0,

    /// <summary>It is staged, loaded or checked.</summary>
    Loading,

    /// <summary>It answers.</summary>
    Ready,

    /// <summary>It takes nothing new, and finishes what it has.</summary>
    Unloading,
}
