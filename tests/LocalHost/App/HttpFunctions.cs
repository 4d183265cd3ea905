using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Hybrid.LocalHost.TestApp;

public sealed class HttpFunctions(Recorder recorder)
{
    [Function("Echo")]
    public static IActionResult Echo(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "echo/{name}/{number}")] HttpRequest request, string name, int number) =>
        new ObjectResult(new { name, number, query = request.Query["q"].ToString() }) { StatusCode = 203 };

    [Function("Any")]
    public static IResult Any([HttpTrigger(AuthorizationLevel.Function)] HttpRequest request, FunctionContext context) =>
        Results.Text($"{request.Method} {context.FunctionDefinition.Name} {context.GetHttpContext() == request.HttpContext}");

    [Function("Read")]
    public static async Task<IResult> ReadAsync([HttpTrigger("post", Route = "read")] HttpRequest request, CancellationToken cancellation)
    {
        using var reader = new StreamReader(request.Body);
        return Results.Text((await reader.ReadToEndAsync(cancellation)).Length.ToString(CultureInfo.InvariantCulture));
    }

    [Function("Throw")]
    public static Task<IResult> Throw([HttpTrigger("get", Route = "throw")] HttpRequest request) => throw new InvalidOperationException(request.Path);

    [Function("Hang")]
    public async Task<IResult> HangAsync([HttpTrigger("get", Route = "hang")] HttpRequest request, CancellationToken cancellation)
    {
        recorder.Add($"hang {request.Path}");
        try
        {
            await Task.Delay(Timeout.Infinite, cancellation);
        }
        finally
        {
            recorder.Add("left");
        }
        return Results.Empty;
    }

    [Function("Slow")]
    public async Task<IResult> SlowAsync([HttpTrigger("get", Route = "slow")] HttpRequest request, CancellationToken cancellation)
    {
        recorder.Add($"slow {request.Path}");
        await recorder.Gate.WaitAsync(cancellation);
        return Results.Text("done");
    }

    [Function("Start")]
    public static async Task<IResult> StartAsync(
        [HttpTrigger("post", Route = "start/{id}")] HttpRequest request, string id, [DurableClient] DurableTaskClient client, CancellationToken cancellation)
    {
        var input = await request.ReadFromJsonAsync<StepsInput>(cancellation);
        await client.ScheduleNewOrchestrationInstanceAsync(nameof(DurableFunctions.Steps), input, new(id), cancellation);
        return Results.Accepted();
    }

    [Function("End")]
    public static async Task<IResult> EndAsync(
        [HttpTrigger("get", Route = "end/{id}")] HttpRequest request, string id, [DurableClient] DurableTaskClient client, CancellationToken cancellation)
    {
        var end = await client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true, cancellation);
        return end is null ? Results.NotFound(request.Path) : Results.Text($"{end.RuntimeStatus} {end.SerializedOutput}{end.FailureDetails}");
    }
}
