using Hybrid.Contracts.Errors;
using Hybrid.Functions.Runs;
using Hybrid.Orchestrations.Pipelines;
using Hybrid.Orchestrations.Results;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Hybrid.Functions.Queues;

/// <summary>Questions from the queue. A message that is delivered twice is one run, because its id names the run.</summary>
public sealed class InferenceRequests(RagRequests requests, ResultStore results, ILogger<InferenceRequests> logger)
{
    public const string Queue = "inference-requests";

    /// <exception cref="HybridException">The message cannot even be answered; after <c>maxDequeueCount</c> tries it is on the poison queue.</exception>
    [Function("InferenceRequests")]
    public async Task RunAsync([QueueTrigger(Queue)] string message, [DurableClient] DurableTaskClient client, CancellationToken cancellation)
    {
        var asked = InferenceMessage.Parse(message);
        QueuedRequest input;
        try
        {
            input = new QueuedRequest(asked.Id!, requests.Create(asked, asked.Tenant));
        }
        catch (HybridException exception)
        {
            Log.MessageRefused(logger, asked.Id!, exception.Error.Message);
            await results.WriteAsync(RunResult.Failed(asked.Id!, exception.Error), cancellation);
            return;
        }

        var run = RunIds.Of(asked.Tenant, "queue", asked.Id!);
        if (await RunStarter.StartAsync(client, nameof(QueuedPipeline), input, run, cancellation) is { } known)
        {
            Log.MessageRepeated(logger, asked.Id!, run, known.RuntimeStatus.ToString());
        }
        else
        {
            Log.MessageAccepted(logger, asked.Id!, run);
        }
    }
}
