using System.Buffers;
using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Errors;
using Hybrid.GpuHost.Models.Budget;
using Hybrid.GpuHost.Telemetry;

namespace Hybrid.GpuHost.Endpoints.Tasks;

/// <summary>A task's route: its request in MessagePack, to the model that it names.</summary>
internal abstract class TaskRoute<TRequest, TReply>(IModelLoads loads, string operation) : ModelRoute<TRequest, TReply>(loads, operation)
    where TRequest : IWire<TRequest>
{
    public sealed override Task WriteErrorAsync(HttpResponse response, Error error) =>
        TaskAnswer.WriteAsync(response, error, response.HttpContext.RequestAborted).AsTask();

    protected sealed override TRequest Read(HttpContext http, in ReadOnlySequence<byte> body) => Wire.Decode<TRequest>(body);

    protected sealed override string RouteOf(HttpContext http) => http.Request.Path.Value!;

    protected sealed override void Describe(TRequest call) => RequestAttributes.Add(call);
}
