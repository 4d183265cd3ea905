using System.Runtime.CompilerServices;
using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Errors;
using Hybrid.GpuHost.Admission;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Telemetry;

namespace Hybrid.GpuHost.Endpoints.Tasks;

/// <summary>A task's route: its request in MessagePack, to the model that it names.</summary>
/// <param name="models">Where that is found.</param>
/// <param name="operation">OpenTelemetry's name of the task, such as <c>embeddings</c>.</param>
internal abstract class TaskRoute<TRequest>(ModelsState models, string operation) : WorkRoute
    where TRequest : IWire<TRequest>
{
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public sealed override async ValueTask AnswerAsync(HttpContext http, RequestBudget budget)
    {
        // Held until the answer is written: the request points into it.
        using var body = await RequestBody.ReadAsync(http.Request, budget.Token);
        var request = Wire.Decode<TRequest>(body.Bytes);
        var (name, version) = ModelOf(request);
        using var lease = models.Lease(name, version);
        await lease.Model.Metrics.Requests(operation).RunAsync(
            http.Request.Path.Value!,
            http.TraceIdentifier,
            budget,
            (Route: this, http.Response, lease.Model, Request: request),
            static (call, budget) =>
            {
                RequestAttributes.Add(call.Request);
                return call.Route.AnswerAsync(call.Response, call.Model, call.Request, budget);
            });
    }

    public sealed override Task WriteErrorAsync(HttpResponse response, Error error) =>
        TaskAnswer.WriteAsync(response, error, response.HttpContext.RequestAborted).AsTask();

    /// <summary>The model's name, and the version that is wanted; 0: the one that is served.</summary>
    protected abstract (string Name, int Version) ModelOf(TRequest request);

    protected abstract ValueTask AnswerAsync(HttpResponse response, LoadedModel model, TRequest request, RequestBudget budget);
}
