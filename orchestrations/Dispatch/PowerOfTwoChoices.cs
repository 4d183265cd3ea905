using System.Collections.Immutable;

namespace Hybrid.Orchestrations.Dispatch;

/// <summary>
/// The less loaded of two hosts drawn at random: nearly as even as asking all of them, without the herd that runs to
/// whoever was least loaded a moment ago (Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing").
/// </summary>
internal static class PowerOfTwoChoices
{
    /// <param name="candidates">Where to choose from; not empty.</param>
    /// <param name="avoid">Hosts that failed this call already; only taken when there is no other.</param>
    /// <param name="random">The dice.</param>
    public static GpuHost Pick(ImmutableArray<GpuHost> candidates, IReadOnlyCollection<GpuHost> avoid, Random random)
    {
        if (avoid.Count > 0 && candidates.RemoveAll(avoid.Contains) is { IsEmpty: false } fresh)
        {
            candidates = fresh;
        }

        if (candidates.Length == 1)
        {
            return candidates[0];
        }

        var first = random.Next(candidates.Length);
        var second = random.Next(candidates.Length - 1);
        second += second >= first ? 1 : 0;
        return candidates[second].Load < candidates[first].Load ? candidates[second] : candidates[first];
    }
}
