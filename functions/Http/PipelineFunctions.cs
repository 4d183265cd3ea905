using Hybrid.Functions.Requests;
using Hybrid.Functions.Runs;
using Hybrid.Orchestrations.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Hybrid.Functions.Http;

public sealed class PipelineFunctions(RequestReader reader, RagRequests requests)
{
    /// <summary>Starts a run, or finds the one that an earlier request with the same key started; 202 both times.</summary>
    [Function("StartRag")]
    public async Task<IResult> StartRagAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/pipelines/rag")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation)
    {
        var tenant = ApiCall.Of(request).Tenant;
        var question = await reader.ReadAsync<RagQuestion>(request, cancellation);
        var id = RunKey.InstanceId(request, question, tenant);
        await RunStarter.StartAsync(client, nameof(RagPipeline), requests.Create(question, tenant), id, cancellation);
        return RunLinks.Accepted(request, id);
    }
}
