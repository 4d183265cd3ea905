namespace Hybrid.GpuHost.Execution.Calibration;

/// <summary>A plan and what it gave.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="RowsPerSecond">Of the calibration's batches; 0: none was done in its time.</param>
public readonly record struct MeasuredPlan(ExecutionPlan Plan, double RowsPerSecond)
{
    // What a second instance must give: with fewer, a request that comes alone is answered sooner. Nearer than this a short measurement tells nothing.
    private const double WorthAnInstance = 1.02;

    /// <summary>The best; of those within 2 % the one with the fewest instances. Null: nothing was measured.</summary>
    public static MeasuredPlan? Best(IEnumerable<MeasuredPlan> measured)
    {
        MeasuredPlan? best = null;
        foreach (var candidate in measured.Where(candidate => candidate.RowsPerSecond > 0).OrderBy(candidate => candidate.Plan.Instances))
        {
            if (best is null || candidate.RowsPerSecond > best.Value.RowsPerSecond * WorthAnInstance)
            {
                best = candidate;
            }
        }

        return best;
    }

    public override string ToString() => FormattableString.Invariant($"{Plan}: {RowsPerSecond:0} rows/s");
}
