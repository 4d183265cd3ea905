using System.Buffers;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Admission;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Models.Budget;
using Hybrid.GpuHost.Tensors;

namespace Hybrid.GpuHost.Endpoints.OpenInference;

/// <summary>Inference by the Open Inference Protocol v2: tensors as JSON, or behind it as plain bytes.</summary>
/// <param name="loads">Gives the model in the path.</param>
/// <param name="models">Knows which version has a label.</param>
/// <param name="template">The route, as it stands in spans.</param>
internal sealed class InferRoute(IModelLoads loads, ModelsState models, string template) : ModelRoute<InferCall, InferReply>(loads, "infer")
{
    public override Task WriteErrorAsync(HttpResponse response, Error error) =>
        response.WriteAsJsonAsync(new ErrorDocument(error.Message), OpenInferenceJson.Default.ErrorDocument, MediaTypes.Json);

    protected override InferCall Read(HttpContext http, in ReadOnlySequence<byte> body) =>
        InferCallReader.Read(body, http.Request.Headers[InferCall.HeaderLength].ToString());

    protected override (string Name, int Version) ModelOf(HttpContext http, InferCall call) =>
        ModelVersion.Of(models, (string)http.GetRouteValue("model")!, (string?)http.GetRouteValue("version"), (string?)http.GetRouteValue("label"));

    protected override string RouteOf(HttpContext http) => template;

    protected override double WorkOf(LoadedModel model, InferCall call) => 1;

    protected override ValueTask<InferReply> RunAsync(LoadedModel model, InferCall call, RequestBudget budget)
    {
        var id = model.Description.Id;
        return model.Tensors.RunAsync(new InferRequest(id.Name, id.Version, call.Inputs, call.OutputNames), call.Schedule, budget);
    }

    protected override ValueTask WriteAsync(HttpResponse response, InferCall call, InferReply reply, RequestBudget budget) =>
        InferAnswer.WriteAsync(response, call, reply, budget.Token);

    protected override void Release(InferReply reply) => TensorPath.Release(reply);
}
