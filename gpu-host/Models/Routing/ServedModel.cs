using System.Collections.Immutable;

namespace Hybrid.GpuHost.Models.Routing;

/// <summary>
/// One name's versions in memory, and which of them answers. Immutable. A request that names no version goes to stable, or, while there is a
/// trial, now and then to the canary:
/// <list type="number">
/// <item>Stable is the canary that was promoted here,</item>
/// <item>else the version with that label,</item>
/// <item>else (it is not in memory) what was stable before,</item>
/// <item>else the highest version that is not the canary's, a rolled back canary's included,</item>
/// <item>else what there is: a model with a version in memory answers.</item>
/// </list>
/// </summary>
public sealed class ServedModel
{
    public const string StableLabel = "stable";
    public const string CanaryLabel = "canary";

    private readonly LoadedModel? _canary;

    private ServedModel(ImmutableSortedDictionary<int, LoadedModel> versions, LoadedModel stable, LoadedModel? canary, CanaryTrial? trial)
    {
        Versions = versions;
        Stable = stable;
        _canary = canary;
        Trial = trial;
    }

    /// <summary>By number, ascending; never empty.</summary>
    public ImmutableSortedDictionary<int, LoadedModel> Versions { get; }

    public LoadedModel Stable { get; }

    /// <summary>The comparison that goes on; null: all requests that name no version go to stable.</summary>
    internal CanaryTrial? Trial { get; }

    /// <param name="versions">What is in memory, at least one.</param>
    /// <param name="plan">Null: nothing was asked for.</param>
    /// <param name="before">What it follows; a trial of the same two versions goes on.</param>
    /// <param name="trials">Begins a trial.</param>
    internal static ServedModel Of(ImmutableSortedDictionary<int, LoadedModel> versions, TrafficPlan? plan, ServedModel? before, CanaryTrials trials)
    {
        var stable = StableOf(versions, plan, before);
        var canary = plan is { Verdict: CanaryVerdict.OnTrial, Labels.Canary: { } version } ? versions.GetValueOrDefault(version) : null;
        if (canary is null || canary == stable)
        {
            return new ServedModel(versions, stable, canary: null, trial: null);
        }

        var percent = plan!.Labels.CanaryPercent;
        var trial = percent == 0 ? null
            : before?.Trial is { } going && going.IsOf(stable, canary, percent) ? going
            : trials.Begin(stable, canary, percent);
        return new ServedModel(versions, stable, canary, trial);
    }

    public LoadedModel? Find(int version) => Versions.GetValueOrDefault(version);

    /// <summary>How much of the requests that name no version a version gets, 0 to 1.</summary>
    public double ShareOf(LoadedModel version)
    {
        var canary = Trial?.Share ?? 0;
        return version == Stable ? 1 - canary : version == _canary ? canary : 0;
    }

    /// <summary>The version with a label; null: none has it.</summary>
    public LoadedModel? Labelled(string label) => label switch
    {
        StableLabel => Stable,
        CanaryLabel => _canary,
        _ => null,
    };

    /// <summary>The label that a version has; null: none.</summary>
    public string? LabelOf(LoadedModel version) => version == Stable ? StableLabel : version == _canary ? CanaryLabel : null;

    /// <summary>What answers the next request; null: the version is not here.</summary>
    /// <param name="version">0: none is named. One that is named is not part of a trial: only what chance has spread can be compared.</param>
    internal RoutedModel? Choose(int version) =>
        version == 0 ? Trial?.Next() ?? new RoutedModel(Stable, null)
        : Find(version) is { } model ? new RoutedModel(model, null)
        : null;

    private static LoadedModel StableOf(ImmutableSortedDictionary<int, LoadedModel> versions, TrafficPlan? plan, ServedModel? before)
    {
        var canary = plan?.Labels.Canary;
        var promoted = plan?.Verdict == CanaryVerdict.Promoted ? Find(canary) : null;
        var kept = plan?.Labels.Stable is not null && before?.Stable.Description.Id.Version is { } last && last != canary ? Find(last) : null;
        return promoted ?? Find(plan?.Labels.Stable) ?? kept ?? versions.LastOrDefault(version => version.Key != canary).Value ?? versions.Values.Last();

        LoadedModel? Find(int? version) => version is { } number ? versions.GetValueOrDefault(number) : null;
    }
}
