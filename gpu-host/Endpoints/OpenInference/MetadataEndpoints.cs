using System.Globalization;
using System.Reflection;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Headers;
using Hybrid.GpuHost.Execution;
using Hybrid.GpuHost.Hosting;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Tensors;

namespace Hybrid.GpuHost.Endpoints.OpenInference;

/// <summary>Health and metadata of the Open Inference Protocol v2. None of these waits for work.</summary>
public sealed class MetadataEndpoints(ModelsState models, Drain drain)
{
    private static readonly ServerMetadata Server = new(
        "hybrid-gpu-host",
        Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion,
        ["binary_tensor_data", "schedule_policy"]);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v2", () => Results.Json(Server, OpenInferenceJson.Default.ServerMetadata));
        routes.MapGet(TaskRoutes.Live, () => Results.Json(new Liveness(true), OpenInferenceJson.Default.Liveness));
        routes.MapGet(TaskRoutes.Ready, Ready);
        foreach (var route in InferEndpoints.ModelRoutes)
        {
            routes.MapGet(route, (string model, string? version) => Describe(model, version));
            routes.MapGet(route + "/ready", (string model, string? version) => ModelReady(model, version));
        }
    }

    private IResult Ready()
    {
        var snapshot = models.Current;
        var ready = snapshot.IsReady && !drain.Draining;
        return Results.Json(
            new Readiness(ready, [.. snapshot.Serving.Keys], snapshot.Failures),
            OpenInferenceJson.Default.Readiness,
            statusCode: ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private IResult ModelReady(string model, string? version) => Answer(model, version, lease =>
        Results.Json(new ModelReadiness(lease.Model.Description.Id.Name, true), OpenInferenceJson.Default.ModelReadiness));

    private IResult Describe(string model, string? version) => Answer(model, version, lease =>
    {
        var id = lease.Model.Description.Id;
        var signature = lease.Model.Engine.Signature;
        var metadata = new ModelMetadata(
            id.Name, [id.Version.ToString(CultureInfo.InvariantCulture)], "onnxruntime_onnx", Describe(signature.Inputs), Describe(signature.Outputs));
        return Results.Json(metadata, OpenInferenceJson.Default.ModelMetadata);
    });

    private IResult Answer(string model, string? version, Func<ModelLease, IResult> answer)
    {
        try
        {
            using var lease = models.Lease(model, ModelVersion.Of(version));
            return answer(lease);
        }
        catch (HybridException exception)
        {
            return Results.Json(new ErrorDocument(exception.Error.Message), OpenInferenceJson.Default.ErrorDocument, statusCode: exception.Error.Code.ToStatus());
        }
    }

    private static TensorMetadata[] Describe(IReadOnlyList<TensorSpec> specs) =>
        [.. specs.Select(spec => new TensorMetadata(spec.Name, OrtTensors.NameOf(spec.Type), spec.Shape))];
}
