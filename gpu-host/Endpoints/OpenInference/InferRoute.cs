using System.Runtime.CompilerServices;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Admission;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Tensors;

namespace Hybrid.GpuHost.Endpoints.OpenInference;

/// <summary>Inference by the Open Inference Protocol v2: tensors as JSON, or behind it as plain bytes.</summary>
/// <param name="models">Where the model in the path is found.</param>
/// <param name="template">The route, as it stands in spans.</param>
internal sealed class InferRoute(ModelsState models, string template) : WorkRoute
{
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public override async ValueTask AnswerAsync(HttpContext http, RequestBudget budget)
    {
        var name = (string)http.GetRouteValue("model")!;
        var version = ModelVersion.Of((string?)http.GetRouteValue("version"));

        // Held until the answer is written: the inputs point into it.
        using var body = await RequestBody.ReadAsync(http.Request, budget.Token);
        var call = InferCallReader.Read(body.Bytes, http.Request.Headers[InferCall.HeaderLength].ToString());
        using var lease = models.Lease(name, version);
        await lease.Model.Metrics.Requests("infer").RunAsync(
            template, http.TraceIdentifier, budget, (http.Response, lease.Model, call), static (state, budget) => AnswerAsync(state.Response, state.Model, state.call, budget));
    }

    public override Task WriteErrorAsync(HttpResponse response, Error error) =>
        response.WriteAsJsonAsync(new ErrorDocument(error.Message), OpenInferenceJson.Default.ErrorDocument, MediaTypes.Json);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private static async ValueTask AnswerAsync(HttpResponse response, LoadedModel model, InferCall call, RequestBudget budget)
    {
        var id = model.Description.Id;
        var request = new InferRequest(id.Name, id.Version, call.Inputs, call.OutputNames);
        var reply = await model.Admission.RunAsync(
            work: 1, budget, (model, request, call.Schedule), static (state, budget) => state.model.Tensors.RunAsync(state.request, state.Schedule, budget));
        try
        {
            await InferAnswer.WriteAsync(response, call, reply, budget.Token);
        }
        finally
        {
            TensorPath.Release(reply);
        }
    }
}
