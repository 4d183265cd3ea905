using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Models;

namespace Hybrid.Stack.Publishing.Labels;

/// <summary>How labels change. Pure functions of the labels and of the versions that are published (ascending), so that the rules stand in one place.</summary>
public static class LabelChanges
{
    /// <summary>All traffic; a canary gets less.</summary>
    public const int AllTraffic = 100;

    /// <summary>
    /// The version that answers whoever asks for none: the one with the label, else the highest but the canary, as hosts see it.
    /// Null: there is none.
    /// </summary>
    public static int? StableOf(ModelLabels labels, IReadOnlyList<int> published) =>
        labels.Stable ?? published.Where(version => version != labels.Canary).Select(version => (int?)version).LastOrDefault();

    /// <summary>Makes a version the canary beside the stable one, in the place of a canary that there may be. It need not be published yet.</summary>
    /// <param name="labels">Before.</param>
    /// <param name="published">The versions there are.</param>
    /// <param name="version">The canary.</param>
    /// <param name="percent">From 0, with which only those reach it who ask for it.</param>
    /// <exception cref="HybridException"><see cref="ErrorCode.Conflict"/>, saying why it cannot be.</exception>
    public static ModelLabels TryOut(ModelLabels labels, IReadOnlyList<int> published, int version, int percent)
    {
        var stable = StableOf(labels, published);
        return stable == version ? throw Refused($"version {version} is stable, so it cannot be the canary")
            : stable is null ? throw Refused($"version {version} is the only one; a canary needs a stable one beside it")
            : labels with { Stable = stable, Canary = version, CanaryPercent = percent };
    }

    /// <summary>Gives a version a share of the traffic: less than all makes it the canary, all makes it stable. What was stable is remembered for a rollback.</summary>
    /// <param name="labels">Before.</param>
    /// <param name="published">The versions there are.</param>
    /// <param name="version">Null: the canary.</param>
    /// <param name="percent">0 to <see cref="AllTraffic"/>.</param>
    /// <exception cref="HybridException"><see cref="ErrorCode.NotFound"/> or <see cref="ErrorCode.Conflict"/>, saying why it cannot be.</exception>
    public static ModelLabels Promote(ModelLabels labels, IReadOnlyList<int> published, int? version, int percent)
    {
        var promoted = Published(published, version ?? labels.Canary ?? throw Refused($"there is no canary to promote; name a version: {Names(published)}"));
        if (percent < AllTraffic)
        {
            return TryOut(labels, published, promoted, percent);
        }

        var stable = StableOf(labels, published);
        var others = labels.Canary == promoted ? labels with { Canary = null, CanaryPercent = 0 } : labels;
        return others with { Stable = promoted, Previous = stable == promoted ? labels.Previous : stable };
    }

    /// <summary>Ends the canary's trial if there is one, else takes the last promotion back. A version that is named becomes stable in either case.</summary>
    /// <param name="labels">Before.</param>
    /// <param name="published">The versions there are.</param>
    /// <param name="version">Null: the stable one, or the one before the last promotion.</param>
    /// <exception cref="HybridException"><see cref="ErrorCode.NotFound"/> or <see cref="ErrorCode.Conflict"/>, saying why it cannot be.</exception>
    public static ModelLabels Rollback(ModelLabels labels, IReadOnlyList<int> published, int? version)
    {
        if (version is null && labels.Canary is not null)
        {
            // Without the label the highest version would be stable, which is the canary as a rule.
            var stable = StableOf(labels, published) ?? throw Refused("the canary is the only version there is");
            return labels with { Stable = stable, Canary = null, CanaryPercent = 0 };
        }

        var target = version ?? labels.Previous ?? throw Refused($"there is no canary, and no promotion to take back; name a version: {Names(published)}");
        return new ModelLabels(Stable: Published(published, target));
    }

    private static int Published(IReadOnlyList<int> published, int version) => published.Contains(version)
        ? version
        : throw new HybridException(ErrorCode.NotFound, $"version {version} is not published; there is {Names(published)}");

    private static string Names(IReadOnlyList<int> published) => published.Count == 0 ? "none" : string.Join(", ", published);

    private static HybridException Refused(string why) => new(ErrorCode.Conflict, why);
}
