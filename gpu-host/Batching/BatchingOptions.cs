using System.ComponentModel.DataAnnotations;

namespace Hybrid.GpuHost.Batching;

/// <summary>How single texts become batches. Section <c>Batching</c>; the names are those of text-embeddings-inference and Triton.</summary>
public sealed class BatchingOptions : IValidatableObject
{
    public const string Section = "Batching";

    /// <summary>Most texts in one batch (<c>max_batch_requests</c>).</summary>
    /// <value>1 to 4096; default 64: batching pays for itself early, and the first texts of a batch wait for its last.</value>
    [Range(1, 4096)]
    public int MaxBatchRequests { get; set; } = 64;

    /// <summary>Most tokens in one batch, padding included: its longest text × its texts (<c>max_batch_tokens</c>). A text longer than this goes alone.</summary>
    /// <value>1 to 16777216; default 16384, as text-embeddings-inference has it.</value>
    [Range(1, 1 << 24)]
    public int MaxBatchTokens { get; set; } = 16384;

    /// <summary>How long an idle device waits for company for the oldest text, in microseconds (<c>max_queue_delay_microseconds</c>).</summary>
    /// <value>0 to 1000000; default 0, as Triton has it: an idle device begins at once, and batches form while it is busy.</value>
    [Range(0, 1_000_000)]
    public int MaxQueueDelayMicroseconds { get; set; }

    /// <summary>Most texts that wait for or are in computation, per model; past it requests are answered 429 (<c>max_queue_size</c>).</summary>
    /// <value>1 to 1000000; default 2048: some seconds of work, more than a caller would wait for.</value>
    [Range(1, 1_000_000)]
    public int MaxQueueSize { get; set; } = 2048;

    /// <summary>Most texts in one request (<c>max_client_batch_size</c>).</summary>
    /// <value>1 to 65536; default 256: one request must leave room in the queue for others.</value>
    [Range(1, 65536)]
    public int MaxClientBatchSize { get; set; } = 256;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MaxClientBatchSize > MaxQueueSize)
        {
            yield return new ValidationResult(
                $"{nameof(MaxClientBatchSize)} ({MaxClientBatchSize}) is over {nameof(MaxQueueSize)} ({MaxQueueSize}): the largest request would never fit into the queue.",
                [nameof(MaxClientBatchSize), nameof(MaxQueueSize)]);
        }
    }
}
