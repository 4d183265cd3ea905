using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Hybrid.Functions.Runs;

/// <summary>Starts runs; one id is one run, however often it is asked for.</summary>
internal static class RunStarter
{
    /// <returns>The run that was there already, or null when this call started it.</returns>
    public static async Task<OrchestrationMetadata?> StartAsync(
        DurableTaskClient client, TaskName pipeline, object input, string id, CancellationToken cancellation)
    {
        if (await client.GetInstanceAsync(id, cancellation) is { } known)
        {
            return known;
        }

        try
        {
            await client.ScheduleNewOrchestrationInstanceAsync(pipeline, input, Once(id), cancellation);
            return null;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Two at once: the loser finds the winner's run. Backends differ in what they throw then, so the run itself is asked for.
            if (await client.GetInstanceAsync(id, cancellation) is { } winner)
            {
                return winner;
            }

            throw;
        }
    }

    private static StartOrchestrationOptions Once(string id) => new StartOrchestrationOptions(id).WithDedupeStatuses(
        OrchestrationRuntimeStatus.Pending,
        OrchestrationRuntimeStatus.Running,
        OrchestrationRuntimeStatus.Suspended,
        OrchestrationRuntimeStatus.Completed,
        OrchestrationRuntimeStatus.Failed,
        OrchestrationRuntimeStatus.Terminated);
}
