using System.Collections.Immutable;
using Hybrid.Contracts.Models;
using Hybrid.GpuHost.Models.Budget;
using Hybrid.GpuHost.Models.Routing;

namespace Hybrid.GpuHost.Models;

/// <summary>What the host serves at one moment. Immutable: a change makes another one.</summary>
/// <param name="Serving">By name, what has at least one version in memory.</param>
/// <param name="Parked">By name, what was unloaded to make room, and comes back when it is asked for.</param>
/// <param name="Plans">By name, what its publisher said about its versions; also of models that are not in memory now.</param>
/// <param name="Failures">By name, why its newest version is not served.</param>
/// <param name="Complete">All that the source held at the start has been tried.</param>
public sealed record ModelsSnapshot(
    ImmutableSortedDictionary<string, ServedModel> Serving,
    ImmutableSortedDictionary<string, ParkedModel> Parked,
    ImmutableSortedDictionary<string, TrafficPlan> Plans,
    ImmutableSortedDictionary<string, string> Failures,
    bool Complete)
{
    public static readonly ModelsSnapshot Empty = new(
        ImmutableSortedDictionary.Create<string, ServedModel>(StringComparer.Ordinal),
        ImmutableSortedDictionary.Create<string, ParkedModel>(StringComparer.Ordinal),
        ImmutableSortedDictionary.Create<string, TrafficPlan>(StringComparer.Ordinal),
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal),
        Complete: false);

    /// <summary>Whether requests should come here: all models were tried and some serve. A broken one does not take the others down with it.</summary>
    public bool IsReady => Complete && !(Serving.IsEmpty && Parked.IsEmpty);

    /// <summary>Of each name that requests may ask for, in memory or not, the version that answers most.</summary>
    public IEnumerable<ModelDescription> Offered => Serving.Values.Select(served => served.Stable.Description)
        .Concat(Parked.Where(parked => !Serving.ContainsKey(parked.Key)).Select(parked => parked.Value.Versions[0].Description))
        .OrderBy(model => model.Id.Name, StringComparer.Ordinal);

    /// <summary>The versions of a name that requests may ask for, ascending.</summary>
    public IEnumerable<int> Offering(string name) =>
        VersionsOf(name).Keys.Union(Parked.GetValueOrDefault(name)?.Versions.Select(parked => parked.Description.Id.Version) ?? []).Order();

    /// <summary>Every version in memory.</summary>
    public IEnumerable<LoadedModel> Loaded => Serving.Values.SelectMany(served => served.Versions.Values);

    /// <summary>Whether this very object is still served, and not another of its name and version.</summary>
    public bool Holds(LoadedModel model) =>
        Serving.TryGetValue(model.Description.Id.Name, out var served) && ReferenceEquals(served.Find(model.Description.Id.Version), model);

    /// <summary>With a version more; of the others of its name those in <paramref name="keep"/> stay.</summary>
    public ModelsSnapshot With(LoadedModel model, IReadOnlySet<int> keep, CanaryTrials trials)
    {
        var (name, version) = model.Description.Id;
        return (this with { Failures = Failures.Remove(name) })
            .StayParked(name, parked => parked != version && keep.Contains(parked))
            .With(name, VersionsOf(name).RemoveRange(VersionsOf(name).Keys.Where(other => !keep.Contains(other))).SetItem(version, model), trials);
    }

    public ModelsSnapshot Without(string name) => this with { Serving = Serving.Remove(name), Parked = Parked.Remove(name) };

    public ModelsSnapshot Without(ModelId id, CanaryTrials trials) =>
        StayParked(id.Name, parked => parked != id.Version).With(id.Name, VersionsOf(id.Name).Remove(id.Version), trials);

    /// <summary>With what is in memory of this name parked.</summary>
    public ModelsSnapshot Park(string name) => Serving.TryGetValue(name, out var served)
        ? this with { Serving = Serving.Remove(name), Parked = Parked.SetItem(name, ParkedModel.Of(served, Parked.GetValueOrDefault(name))) }
        : this;

    public bool IsParked(ModelId id) => FindParked(id.Name, id.Version) is not null;

    public IEnumerable<ModelId> ParkedIds => Parked.Values.SelectMany(parked => parked.Versions).Select(version => version.Description.Id);

    public ParkedVersion? FindParked(string name, int version) => Parked.GetValueOrDefault(name)?.Find(version);

    /// <summary>With other labels; null: none. What is equal to the ones before changes nothing, and what the canary has shown goes on to hold.</summary>
    public ModelsSnapshot With(string name, ModelLabels? labels, CanaryTrials trials) =>
        labels == Plans.GetValueOrDefault(name)?.Labels
            ? this
            : With(name, labels is null ? null : new TrafficPlan(labels), trials);

    /// <summary>With what a trial has shown. A trial that is over already changes nothing.</summary>
    public ModelsSnapshot With(CanaryTrial trial, CanaryVerdict verdict, CanaryTrials trials)
    {
        var name = trial.Canary.Description.Id.Name;
        return Serving.GetValueOrDefault(name)?.Trial == trial ? With(name, Plans[name] with { Verdict = verdict }, trials) : this;
    }

    private ModelsSnapshot StayParked(string name, Func<int, bool> stays) => Parked.TryGetValue(name, out var parked)
        ? this with { Parked = parked.Where(stays) is { } rest ? Parked.SetItem(name, rest) : Parked.Remove(name) }
        : this;

    private ModelsSnapshot With(string name, TrafficPlan? plan, CanaryTrials trials) =>
        (this with { Plans = plan is null ? Plans.Remove(name) : Plans.SetItem(name, plan) }).With(name, VersionsOf(name), trials);

    private ModelsSnapshot With(string name, ImmutableSortedDictionary<int, LoadedModel> versions, CanaryTrials trials) => this with
    {
        Serving = versions.IsEmpty
            ? Serving.Remove(name)
            : Serving.SetItem(name, ServedModel.Of(versions, Plans.GetValueOrDefault(name), Serving.GetValueOrDefault(name), trials)),
    };

    /// <summary>The version in memory; null: it is not.</summary>
    public LoadedModel? Find(ModelId id) => Serving.GetValueOrDefault(id.Name)?.Find(id.Version);

    /// <summary>The versions of a name that are in memory, ascending.</summary>
    public ImmutableSortedDictionary<int, LoadedModel> VersionsOf(string name) => Serving.GetValueOrDefault(name)?.Versions ?? ImmutableSortedDictionary<int, LoadedModel>.Empty;
}
