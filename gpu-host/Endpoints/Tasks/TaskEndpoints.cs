using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Admission;
using Hybrid.GpuHost.Encoders;
using Hybrid.GpuHost.Execution;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Models.Budget;
using Hybrid.GpuHost.Tensors;

namespace Hybrid.GpuHost.Endpoints.Tasks;

/// <summary>The surface for our own parts: task requests in MessagePack.</summary>
public sealed class TaskEndpoints(RequestPipeline pipeline, IModelLoads loads, ModelsState models, DeviceProbe device)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(TaskRoutes.Models, http => TaskAnswer.WriteAsync(http.Response, List(), http.RequestAborted).AsTask());
        Map(routes, TaskRoutes.Embed, new ReplyRoute<EmbedRequest, EmbedReplyRows>(
            loads,
            "embeddings",
            static request => (request.Model, 0),
            static (_, request) => WorkUnits.Of(request),
            static (model, request, budget) => model.Embed.RunAsync(request, budget),
            release: EmbedPath.Release));
        Map(routes, TaskRoutes.Rerank, new ReplyRoute<RerankRequest, RerankReply>(
            loads,
            "rerank",
            static request => (request.Model, 0),
            static (_, request) => WorkUnits.Of(request),
            static (model, request, budget) => model.Rerank.RunAsync(request, budget)));
        Map(routes, TaskRoutes.Generate, new ReplyRoute<GenerateRequest, GenerateReply>(
            loads,
            "chat",
            static request => (request.Model, 0),
            static (model, request) => WorkUnits.Of(request, model.Description.MaxTokens),
            static (model, request, budget) => new ValueTask<GenerateReply>(model.Generate.RunAsync(request, budget)),
            static reply => WorkUnits.OfTokens(reply.CompletionTokens),
            outlivesItsAnswer: true));
        Map(routes, TaskRoutes.GenerateStream, new GenerateStreamRoute(loads));
        Map(routes, TaskRoutes.Infer, new ReplyRoute<InferRequest, InferReply>(
            loads,
            "infer",
            static request => (request.Model, request.Version),
            static (_, _) => 1,
            static (model, request, budget) => model.Tensors.RunAsync(request, default, budget),
            release: TensorPath.Release));
    }

    private void Map(IEndpointRouteBuilder routes, string path, WorkRoute route) => routes.MapPost(path, http => pipeline.ServeAsync(http, route));

    // One version of each: who caches answers looks them up under the version that answers most.
    private ModelList List() => new(device.Device.ToString(), [.. models.Current.Offered.Select(model => model.ToInfo())]);
}
