using System.Diagnostics.Metrics;
using Hybrid.Contracts.Errors;
using Hybrid.Orchestrations.Pipelines;
using Microsoft.DurableTask;

namespace Hybrid.Orchestrations.Telemetry;

/// <summary>
/// Durable runs and their activities. Labels hold the names of our own pipelines and activities, and the outcomes <c>ok</c> or an error
/// code's name. Counted is what this process ran: after a crash a run may be counted where it ended and where it was to end.
/// </summary>
public sealed class RunMetrics
{
    /// <summary>The one meter of this project.</summary>
    public const string MeterName = "Hybrid.Orchestrations";

    private const string Ok = "ok";

    private readonly Counter<long> _started;
    private readonly Histogram<double> _runs;
    private readonly Histogram<double> _activities;

    public RunMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _started = meter.CreateCounter<long>("hybrid.runs.started", "{run}", "Durable runs whose pipeline began.");
        _runs = meter.CreateHistogram("hybrid.runs.duration", "s", "From a run's begin to its end, times in which the process was down among them.", advice: Seconds);
        _activities = meter.CreateHistogram("hybrid.activities.duration", "s", "One attempt of an activity.", advice: Seconds);
    }

    /// <summary>Runs a pipeline. A replay counts nothing a second time.</summary>
    public async Task<TResult> MeasureAsync<TResult>(string pipeline, TaskOrchestrationContext context, Func<Task<TResult>> run)
    {
        var begun = context.CurrentUtcDateTime;
        if (!context.IsReplaying)
        {
            _started.Add(1, new KeyValuePair<string, object?>("pipeline", pipeline));
        }

        try
        {
            var result = await run();
            End(Ok);
            return result;
        }
        catch (Exception exception)
        {
            End(OutcomeOf(exception));
            throw;
        }

        void End(string outcome)
        {
            if (!context.IsReplaying)
            {
                _runs.Record((context.CurrentUtcDateTime - begun).TotalSeconds, new("pipeline", pipeline), new("outcome", outcome));
            }
        }
    }

    /// <param name="activity">Its name.</param>
    /// <param name="duration">Of this attempt.</param>
    /// <param name="failure">What it threw; null when it has a result.</param>
    public void ActivityEnded(string activity, TimeSpan duration, Exception? failure) => _activities.Record(
        duration.TotalSeconds, new("activity", activity), new("outcome", failure is null ? Ok : OutcomeOf(failure)));

    // A stage may take as long as its budget, a run as long as its caller allowed.
    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300, 1800],
    };

    private static string OutcomeOf(Exception exception) => (exception switch
    {
        StageException stage => stage.Error.Code,
        HybridException known => known.Error.Code,
        OperationCanceledException => ErrorCode.Cancelled,
        _ => ErrorCode.Internal,
    }).ToName();
}
