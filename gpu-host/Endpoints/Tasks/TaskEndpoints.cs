using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Headers;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Admission;
using Hybrid.GpuHost.Execution;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Telemetry;

namespace Hybrid.GpuHost.Endpoints.Tasks;

/// <summary>The surface for our own parts: task requests in MessagePack.</summary>
public sealed class TaskEndpoints(RequestPipeline pipeline, ModelsState models, DeviceProbe device)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(TaskRoutes.Models, ListAsync);
        Map<EmbedRequest, EmbedReply>(routes, TaskRoutes.Embed, "embeddings", r => r.Model, (model, request, budget) =>
            model.Admission.RunAsync(WorkUnits.Of(request), budget, () => model.Embed.RunAsync(request, budget)));
        Map<RerankRequest, RerankReply>(routes, TaskRoutes.Rerank, "rerank", r => r.Model, (model, request, budget) =>
            model.Admission.RunAsync(WorkUnits.Of(request), budget, () => model.Rerank.RunAsync(request, budget)));
        Map<GenerateRequest, GenerateReply>(routes, TaskRoutes.Generate, "chat", r => r.Model, (model, request, budget) =>
            model.Admission.RunAsync(
                WorkUnits.Of(request, model.Description.MaxTokens), budget, () => model.Generate.RunAsync(request, budget), r => WorkUnits.OfTokens(r.CompletionTokens)));
        routes.MapPost(TaskRoutes.GenerateStream, http => ServeAsync<GenerateRequest>(http, "chat", r => (r.Model, 0), StreamAsync, GenerateFrames.WriteFailureAsync));
        Map<InferRequest, InferReply>(routes, TaskRoutes.Infer, "infer", r => r.Model, (model, request, budget) =>
            model.Admission.RunAsync(work: 1, budget, () => model.Tensors.RunAsync(request, budget)), r => r.Version);
    }

    private void Map<TRequest, TReply>(
        IEndpointRouteBuilder routes,
        string route,
        string operation,
        Func<TRequest, string> nameOf,
        Func<LoadedModel, TRequest, RequestBudget, Task<TReply>> run,
        Func<TRequest, int>? versionOf = null)
        where TRequest : IWire<TRequest>
        where TReply : IWire<TReply>
    {
        routes.MapPost(route, http => ServeAsync<TRequest>(
            http,
            operation,
            request => (nameOf(request), versionOf?.Invoke(request) ?? 0),
            async (response, model, request, budget) =>
            {
                var reply = await run(model, request, budget);
                ReplyAttributes.Add(reply);
                await WriteAsync(response, reply, budget.Token);
            }));
    }

    private Task ServeAsync<TRequest>(
        HttpContext http,
        string operation,
        Func<TRequest, (string Name, int Version)> modelOf,
        Func<HttpResponse, LoadedModel, TRequest, RequestBudget, Task> answer,
        ErrorWriter? writeLateError = null)
        where TRequest : IWire<TRequest> => pipeline.ServeAsync(
            http,
            WriteErrorAsync,
            async budget =>
            {
                var request = Wire.Decode<TRequest>(await RequestBody.ReadAsync(http.Request, budget.Token));
                var (name, version) = modelOf(request);
                using var lease = models.Lease(name, version);
                using var span = lease.Model.Metrics.BeginRequest(operation, http.Request.Path, http.TraceIdentifier);
                RequestAttributes.Add(request);
                await span.RunAsync(budget, () => answer(http.Response, lease.Model, request, budget));
            },
            writeLateError);

    private static async Task StreamAsync(HttpResponse response, LoadedModel model, GenerateRequest request, RequestBudget budget)
    {
        using var stream = await model.Admission.BeginAsync(
            WorkUnits.Of(request, model.Description.MaxTokens),
            budget,
            () => model.Generate.BeginAsync(request, budget),
            async stream => WorkUnits.OfTokens((await stream.EndAsync()).CompletionTokens));
        await GenerateFrames.WriteAsync(response, stream, budget.Token);
        ReplyAttributes.Add(stream.Begin, await stream.EndAsync());
    }

    private Task ListAsync(HttpContext http) => WriteAsync(
        http.Response,
        new ModelList(device.Device.ToString(), [.. models.Current.Serving.Values.Select(model => model.Description.ToInfo())]),
        http.RequestAborted);

    private static Task WriteErrorAsync(HttpResponse response, Error error) => WriteAsync(response, error, response.HttpContext.RequestAborted);

    private static async Task WriteAsync<T>(HttpResponse response, T value, CancellationToken cancellationToken)
        where T : IWire<T>
    {
        response.ContentType = MediaTypes.MessagePack;
        Wire.Encode(response.BodyWriter, value);
        await response.BodyWriter.FlushAsync(cancellationToken);
    }
}
