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
            new Readiness(ready, [.. snapshot.Serving.Keys], snapshot.Failures),
            OpenInferenceJson.Default.Readiness,
            statusCode: ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private IResult ModelReady(string model, string? version, string? label) => Answer(model, version, label, lease =>
        Results.Json(new ModelReadiness(lease.Model.Description.Id.Name, true), OpenInferenceJson.Default.ModelReadiness));

    private IResult Describe(string model, string? version, string? label) => Answer(model, version, label, lease =>
    {
        var id = lease.Model.Description.Id;
        var signature = lease.Model.Engine.Signature;
        var metadata = new ModelMetadata(
            id.Name, [.. VersionsOf(id)], "onnxruntime_onnx", Describe(signature.Inputs), Describe(signature.Outputs));
        return Results.Json(metadata, OpenInferenceJson.Default.ModelMetadata);
    });

    private IEnumerable<string> VersionsOf(ModelId id) =>
        (models.Current.Serving.GetValueOrDefault(id.Name)?.Versions.Keys ?? [id.Version]).Select(version => version.ToString(CultureInfo.InvariantCulture));

    private IResult Answer(string model, string? version, string? label, Func<ModelLease, IResult> answer)
    {
        try
        {
            var (name, number) = ModelVersion.Of(models, model, version, label);
            using var lease = models.Lease(name, number);
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
