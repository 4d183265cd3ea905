using Hybrid.Contracts.Models;
using Hybrid.Stack.Publishing.Labels;

namespace Hybrid.Stack.Commands.Models;

internal static class LabelText
{
    /// <summary>A change in one line: what was, and what is.</summary>
    public static string Of(string model, LabelChange change) => change.Before == change.After
        ? $"{model}: nothing to change; {Of(change.After)}."
        : $"{model}: {Of(change.After)} (before: {Of(change.Before)}). Hosts follow when they look the next time.";

    private static string Of(ModelLabels labels)
    {
        var stable = labels.Stable is { } version ? $"stable is {version}" : "stable is the highest";
        return labels.Canary is { } canary ? $"{stable}, canary is {canary} with {labels.CanaryPercent} %" : $"{stable}, no canary";
    }
}
