using System.Diagnostics.Metrics;

namespace Hybrid.Functions.Queues;

/// <summary>What became of the messages of the queue, one count a delivery.</summary>
public sealed class QueueMetrics
{
    private readonly Counter<long> _messages;

    public QueueMetrics(IMeterFactory meters) => _messages = meters.Create("Hybrid.Functions").CreateCounter<long>(
        "hybrid.queue.messages", "{message}", "Messages handled: started a run, repeated an earlier one, refused with a result that says why, or failed and delivered again.");

    public void Started() => Count("started");

    public void Repeated() => Count("repeated");

    public void Refused() => Count("refused");

    public void Failed() => Count("failed");

    private void Count(string outcome) => _messages.Add(1, new("queue", InferenceRequests.Queue), new("outcome", outcome));
}
