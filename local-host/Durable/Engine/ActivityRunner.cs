using System.Diagnostics;
using Hybrid.LocalHost.Durable.History;
using Hybrid.LocalHost.Durable.Replay;
using Hybrid.LocalHost.Durable.Storage;
using Hybrid.LocalHost.Durable.Tracing;

namespace Hybrid.LocalHost.Durable.Engine;

/// <summary>
/// One activity: load, run, record. It runs at least once (again after a crash between run and record); its result is recorded exactly once.
/// </summary>
internal sealed class ActivityRunner(
    DurableStore store,
    TaskRegistry registry,
    PayloadConverter payloads,
    RunningActivities running,
    TimeProvider time,
    ILogger<ActivityRunner> logger)
{
    /// <exception cref="DurableStoreException">The activity could not be read or recorded; run it again.</exception>
    public async Task RunAsync(long activityId, CancellationToken stopping)
    {
        if (store.Activity(activityId) is not { } activity)
            return; // its instance was terminated or purged

        using var cancellation = running.Begin(activity.InstanceId, stopping);
        if (await RunAsync(activity, cancellation.Token) is not { } end)
            return;
        await store.Writer.RunAsync(
            commit =>
            {
                commit.FinishActivity(activityId, _ => end.ToEvent(time.GetUtcNow().UtcDateTime, activity.TaskId));
                return true;
            },
            CancellationToken.None);
    }

    /// <returns>Null when it was cancelled: after a stop it runs again at the next start, after a terminate nobody waits for it.</returns>
    private async Task<TaskEnd?> RunAsync(ActivityRow activity, CancellationToken cancellationToken)
    {
        if (registry.Activity(activity.Name) is not { } function)
            return new TaskEnd(null, Failures.ActivityNotFound(activity.Name));
        using var span = DurableSpans.BeginAttempt(activity);
        try
        {
            var result = await function(activity, cancellationToken);
            return new TaskEnd(result, payloads.Check(result, $"The result of activity '{activity.Name}'"));
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            span?.SetStatus(ActivityStatusCode.Error, "Cancelled: the host stops, or nobody waits for it any more.");
            return null;
        }
        catch (Exception failure)
        {
            Log.ActivityFailed(logger, failure, activity.Name, activity.InstanceId);
            span?.SetStatus(ActivityStatusCode.Error, failure.Message).SetTag("error.type", failure.GetType().ToString());
            return new TaskEnd(null, Failure.From(failure));
        }
    }

    private readonly record struct TaskEnd(string? Result, Failure? Failure)
    {
        public HistoryEvent ToEvent(DateTime at, int taskId) => Failure is null ? new TaskCompleted(at, taskId, Result) : new TaskFailed(at, taskId, Failure);
    }
}
