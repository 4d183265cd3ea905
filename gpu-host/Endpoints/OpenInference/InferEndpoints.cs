using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Models.Budget;

namespace Hybrid.GpuHost.Endpoints.OpenInference;

/// <summary>Inference by the Open Inference Protocol v2.</summary>
public sealed class InferEndpoints(RequestPipeline pipeline, IModelLoads loads, ModelsState models)
{
    /// <summary>The ways to name a model in a path; the last is ours, as TensorFlow Serving has it.</summary>
    public static readonly string[] ModelRoutes = ["/v2/models/{model}", "/v2/models/{model}/versions/{version}", "/v2/models/{model}/labels/{label}"];

    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var template in ModelRoutes)
        {
            var route = new InferRoute(loads, models, template);
            routes.MapPost(template + "/infer", http => pipeline.ServeAsync(http, route));
        }
    }
}
