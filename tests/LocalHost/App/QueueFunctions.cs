using Azure.Storage.Queues.Models;
using Microsoft.Azure.Functions.Worker;

namespace Hybrid.LocalHost.TestApp;

public sealed class QueueFunctions(Recorder recorder)
{
    /// <summary>Does what the message says.</summary>
    [Function("Jobs")]
    public async Task JobsAsync([QueueTrigger("jobs")] string text, FunctionContext context, CancellationToken cancellation)
    {
        recorder.Add($"job {text} #{context.BindingContext.BindingData["DequeueCount"]}");
        if (text.StartsWith("bad", StringComparison.Ordinal))
            throw new InvalidOperationException("as the message says");
        if (text.StartsWith("wait", StringComparison.Ordinal))
            await recorder.Gate.WaitAsync(cancellation);
        if (text.StartsWith("long", StringComparison.Ordinal))
            await Task.Delay(TimeSpan.FromSeconds(6), cancellation);
        recorder.Add($"done {text}");
    }

    [Function("Raw")]
    public void Raw([QueueTrigger("%RawQueue%")] QueueMessage message) => recorder.Add($"raw {message.Body} {message.DequeueCount}");

    [Function("Bytes")]
    public void Bytes([QueueTrigger("bytes")] BinaryData body) => recorder.Add($"bytes {body.ToMemory().Length}");
}
