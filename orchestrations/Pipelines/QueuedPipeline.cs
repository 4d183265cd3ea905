using System.Text.Json.Serialization;
using Hybrid.Orchestrations.Activities;
using Hybrid.Orchestrations.Results;
using Microsoft.DurableTask;

namespace Hybrid.Orchestrations.Pipelines;

/// <summary>A queue message's run: the pipeline, then its result in a blob, whether it went well or not.</summary>
public sealed class QueuedPipeline : TaskOrchestrator<QueuedRequest, QueuedOutcome>
{
    public override async Task<QueuedOutcome> RunAsync(TaskOrchestrationContext context, QueuedRequest input)
    {
        var result = await RunAsync(context, input.Id, input.Request);
        await context.CallActivityAsync(nameof(WriteResultActivity), result, TaskOptions.FromRetryPolicy(UntilWritten));
        return new QueuedOutcome(input.Id, result.Status);
    }

    // Some 20 minutes: the work is done, so it is worth waiting for storage.
    private static readonly RetryPolicy UntilWritten = new(
        maxNumberOfAttempts: 25, TimeSpan.FromSeconds(1), backoffCoefficient: 2, maxRetryInterval: TimeSpan.FromMinutes(1));

    private static async Task<RunResult> RunAsync(TaskOrchestrationContext context, string id, RagRequest request)
    {
        try
        {
            return RunResult.Completed(id, await context.CallSubOrchestratorAsync<RagAnswer>(nameof(RagPipeline), request));
        }
        catch (TaskFailedException exception)
        {
            return RunResult.Failed(id, FailureText.Read(exception.FailureDetails));
        }
    }
}

/// <summary>The input of a <see cref="QueuedPipeline"/>.</summary>
/// <param name="Id">Names the result's blob.</param>
/// <param name="Request">What to run.</param>
public sealed record QueuedRequest(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("request")] RagRequest Request);

/// <summary>The output of a <see cref="QueuedPipeline"/>; the result itself is in its blob.</summary>
public sealed record QueuedOutcome(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("status")] string Status);
