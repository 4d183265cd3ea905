using System.Collections.Immutable;
using Hybrid.GpuHost.Execution;
using Hybrid.GpuHost.Models.Routing;

namespace Hybrid.GpuHost.Models.Budget;

/// <summary>A model that was unloaded to make room: it is served on, but its next request has it loaded first.</summary>
/// <param name="Versions">Those that were in memory, and come back together; at least one. The first is the one that answered most.</param>
public sealed record ParkedModel(ImmutableArray<ParkedVersion> Versions)
{
    /// <param name="served">What is in memory.</param>
    /// <param name="parked">What is parked of it already: of several versions that came back one by one.</param>
    public static ParkedModel Of(ServedModel served, ParkedModel? parked)
    {
        ParkedVersion[] versions =
        [
            .. served.Versions.Values.OrderByDescending(version => version == served.Stable)
                .Select(version => new ParkedVersion(version.Description, version.Engine.Signature, served.LabelOf(version))),
        ];
        return new ParkedModel([.. versions, .. parked?.Versions.Where(version => versions.All(other => other.Description.Id != version.Description.Id)) ?? []]);
    }

    /// <param name="version">0: none is named.</param>
    public ParkedVersion? Find(int version) =>
        version == 0 ? Versions[0] : Versions.FirstOrDefault(parked => parked.Description.Id.Version == version);

    /// <summary>The version with a label; null: none has it.</summary>
    public ParkedVersion? Labelled(string label) => Versions.FirstOrDefault(version => version.Label == label);

    /// <summary>Null: none of its versions stays parked.</summary>
    public ParkedModel? Where(Func<int, bool> staysParked) =>
        Versions.RemoveAll(parked => !staysParked(parked.Description.Id.Version)) is { IsEmpty: false } rest ? new ParkedModel(rest) : null;
}

/// <summary>What stays known of a version without its weights.</summary>
/// <param name="Description">What it is for.</param>
/// <param name="Signature">Its inputs and outputs.</param>
/// <param name="Label">That it had; null: none.</param>
public sealed record ParkedVersion(ModelDescription Description, ModelSignature Signature, string? Label);
