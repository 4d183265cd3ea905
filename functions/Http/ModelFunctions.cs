using Hybrid.Contracts.Errors;
using Hybrid.Functions.OpenAi;
using Hybrid.Functions.Requests;
using Hybrid.Orchestrations.Dispatch;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Hybrid.Functions.Http;

public sealed class ModelFunctions(GpuPool pool)
{
    [Function("Models")]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/models")] HttpRequest request, CancellationToken cancellation) =>
        Replies.Json(ModelListReply.Of(await pool.ModelsAsync(ApiCall.Of(request).ToPoolCall(), cancellation)));

    [Function("Model")]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/models/{id}")] HttpRequest request, string id, CancellationToken cancellation)
    {
        var models = ModelListReply.Of(await pool.ModelsAsync(ApiCall.Of(request).ToPoolCall(), cancellation)).Data;
        return models.FirstOrDefault(model => model.Id == id) is { } found
            ? Replies.Json(found)
            : throw new HybridException(ErrorCode.ModelNotFound, "No model of that name is served; GET /v1/models lists those that are.", "model");
    }
}
