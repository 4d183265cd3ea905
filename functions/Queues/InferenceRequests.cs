using Hybrid.Contracts.Errors;
using Hybrid.Functions.Runs;
using Hybrid.Functions.Telemetry;
using Hybrid.Orchestrations.Pipelines;
using Hybrid.Orchestrations.Results;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Hybrid.Functions.Queues;

/// <summary>Questions from the queue. A message that is delivered twice is one run, because its id names the run.</summary>
public sealed class InferenceRequests(RagRequests requests, ResultStore results, QueueMetrics metrics, ILogger<InferenceRequests> logger)
{
    public const string Queue = "inference-requests";

    /// <exception cref="HybridException">The message cannot even be answered; after <c>maxDequeueCount</c> tries it is on the poison queue.</exception>
    [Function("InferenceRequests")]
    public async Task RunAsync([QueueTrigger(Queue)] string message, [DurableClient] DurableTaskClient client, CancellationToken cancellation)
    {
        try
        {
            await HandleAsync(message, client, cancellation);
        }
        catch
        {
            metrics.Failed();
            throw;
        }
    }

    private async Task HandleAsync(string message, DurableTaskClient client, CancellationToken cancellation)
    {
        var envelope = MessageEnvelope.Read(message);
        var id = envelope.Id;
        using var span = MessageSpans.Begin(Queue, id, envelope.TraceParent, envelope.TraceState);
        RagRequest request;
        try
        {
            var asked = InferenceMessage.Parse(message);
            request = requests.Create(asked, asked.Tenant);
        }
        catch (HybridException exception)
        {
            Log.MessageRefused(logger, id, exception.Error.Message);
            await results.WriteAsync(RunResult.Failed(id, exception.Error), cancellation);
            metrics.Refused();
            return;
        }

        var run = RunIds.Of(request.Tenant, "queue", id);
        if (await RunStarter.StartAsync(client, nameof(QueuedPipeline), new QueuedRequest(id, request), run, cancellation) is { } known)
        {
            Log.MessageRepeated(logger, id, run, known.RuntimeStatus.ToString());
            metrics.Repeated();
        }
        else
        {
            Log.MessageAccepted(logger, id, run);
            metrics.Started();
        }
    }
}
