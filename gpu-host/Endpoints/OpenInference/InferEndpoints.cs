using System.Globalization;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Admission;
using Hybrid.GpuHost.Models;

namespace Hybrid.GpuHost.Endpoints.OpenInference;

/// <summary>Inference by the Open Inference Protocol v2: tensors as JSON, or behind it as plain bytes.</summary>
public sealed class InferEndpoints(RequestPipeline pipeline, ModelsState models)
{
    /// <summary>The two ways to name a model in a path.</summary>
    public static readonly string[] ModelRoutes = ["/v2/models/{model}", "/v2/models/{model}/versions/{version}"];

    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var route in ModelRoutes)
        {
            routes.MapPost(route + "/infer", http => pipeline.ServeAsync(http, WriteErrorAsync, async budget =>
            {
                var name = (string)http.GetRouteValue("model")!;
                var version = VersionOf((string?)http.GetRouteValue("version"));
                var body = await RequestBody.ReadAsync(http.Request, budget.Token);
                var call = InferCall.Read(body, http.Request.Headers[InferCall.HeaderLength].ToString());
                using var lease = models.Lease(name, version);
                using var span = lease.Model.Metrics.BeginRequest("infer", route, http.TraceIdentifier);
                await span.RunAsync(budget, async () =>
                {
                    var reply = await RunAsync(lease.Model, new InferRequest(name, version, call.Inputs, call.OutputNames), budget);
                    await InferAnswer.WriteAsync(http.Response, call, reply, budget.Token);
                });
            }));
        }
    }

    /// <summary>The version in a path; 0 where none stands.</summary>
    /// <exception cref="HybridException"><see cref="ErrorCode.ModelNotFound"/>: no number that a version can have.</exception>
    public static int VersionOf(string? version)
    {
        if (version is null)
        {
            return 0;
        }

        return int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new HybridException(ErrorCode.ModelNotFound, $"'{version}' is no version; versions are whole numbers from 1.", "version");
    }

    private static Task<InferReply> RunAsync(LoadedModel model, InferRequest request, RequestBudget budget) =>
        model.Admission.RunAsync(work: 1, budget, () => model.Tensors.RunAsync(request, budget));

    private static Task WriteErrorAsync(HttpResponse response, Error error) =>
        response.WriteAsJsonAsync(new ErrorDocument(error.Message), OpenInferenceJson.Default.ErrorDocument, MediaTypes.Json);
}
