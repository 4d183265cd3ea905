using Hybrid.GpuHost.Telemetry;

namespace Hybrid.GpuHost.Models.Routing;

/// <summary>Begins trials, and tells how they end.</summary>
/// <param name="judge">Decides them.</param>
/// <param name="time">The clock.</param>
/// <param name="telemetry">Counts what became of them.</param>
/// <param name="logger">Gets a line at the begin and at the end.</param>
/// <param name="decided">Gets each finding, on the thread of a request.</param>
public sealed class CanaryTrials(
    CanaryJudge judge, TimeProvider time, HostTelemetry telemetry, ILogger logger, Action<CanaryTrial, CanaryFinding> decided)
{
    internal CanaryTrial Begin(LoadedModel stable, LoadedModel canary, int percent)
    {
        var (version, beside) = (canary.Description.Id, stable.Description.Id);
        Log.CanaryBegun(logger, version, percent, beside);

        // What is not there before it happens does not grow when it happens: a rule that watches for growth would miss the first time.
        Count(CanaryVerdict.Promoted, version, 0);
        Count(CanaryVerdict.RolledBack, version, 0);
        return new CanaryTrial(stable, canary, percent, judge, time, decided);
    }

    /// <summary>The finding holds.</summary>
    internal void End(CanaryTrial trial, CanaryFinding finding)
    {
        var (canary, stable) = (trial.Canary.Description.Id, trial.Stable.Description.Id);
        Count(finding.Verdict, canary, 1);
        if (finding.Verdict == CanaryVerdict.Promoted)
        {
            Log.CanaryPromoted(logger, canary, stable, finding.Why);
        }
        else
        {
            Log.CanaryRolledBack(logger, canary, stable, finding.Why);
        }
    }

    private void Count(CanaryVerdict verdict, ModelId canary, int count) => telemetry.CanaryDecisions.Add(
        count, new("model", canary.Name), new KeyValuePair<string, object?>("decision", verdict == CanaryVerdict.Promoted ? "promoted" : "rolled_back"));
}
