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
        ["binary_tensor_data", "schedule_policy", "model_repository", "model_repository(unload_dependents)"]);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v2", () => Results.Json(Server, OpenInferenceJson.Default.ServerMetadata));
        routes.MapGet(TaskRoutes.Live, () => Results.Json(new Liveness(true), OpenInferenceJson.Default.Liveness));
        routes.MapGet(TaskRoutes.Ready, Ready);
        foreach (var route in InferEndpoints.ModelRoutes)
        {
            routes.MapGet(route, (string model, string? version, string? label) => Describe(model, version, label));
            routes.MapGet(route + "/ready", (string model, string? version, string? label) => ModelReady(model, version, label));
        }
    }

    private IResult Ready()
    {
        var snapshot = models.Current;
        var ready = snapshot.IsReady && !drain.Draining;
        return Results.Json(
            new Readiness(ready, [.. snapshot.Offered.Select(model => model.Id.Name)], snapshot.Failures),
            OpenInferenceJson.Default.Readiness,
            statusCode: ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private IResult ModelReady(string model, string? version, string? label) => Answer(model, version, label, (id, _) =>
        Results.Json(new ModelReadiness(id.Name, true), OpenInferenceJson.Default.ModelReadiness));

    private IResult Describe(string model, string? version, string? label) => Answer(model, version, label, (id, signature) =>
    {
        var metadata = new ModelMetadata(
            id.Name, [.. VersionsOf(id.Name)], "onnxruntime_onnx", Describe(signature.Inputs), Describe(signature.Outputs));
        return Results.Json(metadata, OpenInferenceJson.Default.ModelMetadata);
    });

    private IEnumerable<string> VersionsOf(string name) => models.Current.Offering(name).Select(version => version.ToString(CultureInfo.InvariantCulture));

    // To be asked about brings no parked model back.
    private IResult Answer(string model, string? version, string? label, Func<ModelId, ModelSignature, IResult> answer)
    {
        try
        {
            var (name, number) = ModelVersion.Of(models, model, version, label);
            if (models.Current.FindParked(name, number) is { } parked)
            {
                return answer(parked.Description.Id, parked.Signature);
            }

            using var lease = models.Lease(name, number);
            return answer(lease.Model.Description.Id, lease.Model.Engine.Signature);
        }
        catch (HybridException exception)
        {
            return Results.Json(new ErrorDocument(exception.Error.Message), OpenInferenceJson.Default.ErrorDocument, statusCode: exception.Error.Code.ToStatus());
        }
    }

    private static TensorMetadata[] Describe(IReadOnlyList<TensorSpec> specs) =>
        [.. specs.Select(spec => new TensorMetadata(spec.Name, OrtTensors.NameOf(spec.Type), spec.Shape))];
}
