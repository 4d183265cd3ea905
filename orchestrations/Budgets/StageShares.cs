using System.Text.Json.Serialization;

namespace Hybrid.Orchestrations.Budgets;

/// <summary>
/// The rule by which stages get their time. It travels in a run's input, so that a run that is replayed after a change of
/// configuration still sees the numbers that it began with.
/// </summary>
/// <param name="BaseMs">Milliseconds of stage 0.</param>
/// <param name="Factor">Share of a stage relative to the one before.</param>
/// <param name="GraceMs">Milliseconds that no stage may have.</param>
public sealed record StageShares(
    [property: JsonPropertyName("base_ms")] double BaseMs,
    [property: JsonPropertyName("factor")] double Factor,
    [property: JsonPropertyName("grace_ms")] double GraceMs)
{
    public TimeSpan Grace => TimeSpan.FromMilliseconds(GraceMs);

    /// <summary>What stage <paramref name="stage"/> may have at most, from 0: base × factor^stage.</summary>
    public TimeSpan Of(int stage)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(stage);
        var milliseconds = BaseMs * Math.Pow(Factor, stage);
        return milliseconds < MaxMs ? TimeSpan.FromMilliseconds(milliseconds) : TimeSpan.FromMilliseconds(MaxMs);
    }

    // A factor above 1 grows past what a TimeSpan holds; a day is more than any run may last.
    private const double MaxMs = 86_400_000;
}
