using System.Text.Json;
using Hybrid.Functions.Requests;
using Hybrid.Functions.Runs;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Hybrid.Functions.Http;

/// <summary>Management of runs, each for its owner only.</summary>
public sealed class RunFunctions(RequestReader reader, RunStatuses statuses)
{
    [Function("RunStatus")]
    public async Task<IResult> StatusAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/pipelines/runs/{id}")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation)
    {
        var response = request.HttpContext.Response;
        var status = response.Unwrap(await statuses.GetAsync(client, request, id, cancellation));
        if (status.HasEnded)
        {
            return Replies.Json(status.Json, StatusCodes.Status200OK);
        }

        RunLinks.Follow(response, RunLinks.Of(request, id));
        return Replies.Json(status.Json, StatusCodes.Status202Accepted);
    }

    [Function("RunEvent")]
    public async Task<IResult> RaiseEventAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/pipelines/runs/{id}/events/{eventName}")] HttpRequest request,
        string id,
        string eventName,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation)
    {
        RunEvents.CheckName(eventName);
        await OwnedRun.GetRunningAsync(client, request, id, cancellation);
        await client.RaiseEventAsync(id, eventName, await reader.ReadAsync<JsonDocument>(request, cancellation), cancellation);
        return Results.Accepted();
    }

    [Function("TerminateRun")]
    public static async Task<IResult> TerminateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/pipelines/runs/{id}/terminate")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation)
    {
        await OwnedRun.GetRunningAsync(client, request, id, cancellation);
        await client.TerminateInstanceAsync(id, new TerminateInstanceOptions(RunEvents.Reason(request), Recursive: true), cancellation);
        return Results.Accepted();
    }

    [Function("SuspendRun")]
    public static async Task<IResult> SuspendAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/pipelines/runs/{id}/suspend")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation)
    {
        await OwnedRun.GetRunningAsync(client, request, id, cancellation);
        await client.SuspendInstanceAsync(id, RunEvents.Reason(request), cancellation);
        return Results.Accepted();
    }

    [Function("ResumeRun")]
    public static async Task<IResult> ResumeAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/pipelines/runs/{id}/resume")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation)
    {
        await OwnedRun.GetRunningAsync(client, request, id, cancellation);
        await client.ResumeInstanceAsync(id, RunEvents.Reason(request), cancellation);
        return Results.Accepted();
    }

    /// <summary>Runs an ended run again from its input, under the same id.</summary>
    [Function("RestartRun")]
    public async Task<IResult> RestartAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/pipelines/runs/{id}/restart")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation)
    {
        await OwnedRun.GetEndedAsync(client, request, id, cancellation);
        await client.RestartAsync(id, restartWithNewInstanceId: false, cancellation);
        await statuses.ForgetAsync(request, id, cancellation);
        return RunLinks.Accepted(request, id);
    }

    /// <summary>Forgets an ended run and its history.</summary>
    [Function("PurgeRun")]
    public async Task<IResult> PurgeAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/pipelines/runs/{id}")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation)
    {
        await OwnedRun.GetEndedAsync(client, request, id, cancellation);
        await client.PurgeInstanceAsync(id, new PurgeInstanceOptions(Recursive: true), cancellation);
        await statuses.ForgetAsync(request, id, cancellation);
        return Results.NoContent();
    }
}
