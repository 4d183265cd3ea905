using System.ComponentModel.DataAnnotations;
using Hybrid.GpuHost.Execution;

namespace Hybrid.GpuHost.Batching;

/// <summary>
/// How single items become batches, for every model whose <c>config.pbtxt</c> does not say otherwise. Section <c>Batching</c>; the names are
/// those of text-embeddings-inference and Triton.
/// </summary>
public sealed class BatchingOptions : IValidatableObject
{
    public const string Section = "Batching";

    /// <summary>More items in a batch than any model gains from.</summary>
    public const int LargestBatch = 4096;

    public const int LargestQueue = 1_000_000;

    /// <summary>One second, in microseconds.</summary>
    public const int LongestDelay = 1_000_000;

    /// <summary>One hour, in microseconds.</summary>
    public const long LongestTimeout = 3_600_000_000;

    private const int UsualBatchTokens = 16384;
    private const int MostBatchTokens = 1 << 24;

    /// <summary>Every level costs a few kilobytes, and nobody tells more apart.</summary>
    public const int MostLevels = 32;

    /// <summary>Most items in one batch (text-embeddings-inference's <c>max_batch_requests</c>, Triton's <c>max_batch_size</c>).</summary>
    /// <value>1 to 4096; default 64: batching pays for itself early, and the first items of a batch wait for its last.</value>
    [Range(1, LargestBatch)]
    public int MaxBatchRequests { get; set; } = 64;

    /// <summary>Most tokens in one batch, padding included: its longest text × its texts (<c>max_batch_tokens</c>). A text longer than this goes alone.</summary>
    /// <value>
    /// auto, or 1 to 16777216. Default auto: what was measured to be best where the model was calibrated (<see cref="ExecutionOptions.InstanceCount"/>),
    /// else 16384, as text-embeddings-inference has it.
    /// </value>
    public CountOrAuto MaxBatchTokens { get; set; } = CountOrAuto.Auto;

    /// <summary>How long an idle instance waits for company for the oldest item, in microseconds (<c>max_queue_delay_microseconds</c>).</summary>
    /// <value>0 to 1000000; default 0, as Triton has it: an idle instance begins at once, and batches form while it is busy.</value>
    [Range(0, LongestDelay)]
    public int MaxQueueDelayMicroseconds { get; set; }

    /// <summary>Sizes that a model computes better than others (<c>preferred_batch_size</c>): a batch of the largest that waiting items fill goes at once.</summary>
    /// <value>Each 1 to <see cref="MaxBatchRequests"/>; default none.</value>
    public IList<int> PreferredBatchSize { get; } = [];

    /// <summary>Whether only items of similar length go together, so that none is padded by more than half.</summary>
    /// <value>Default true; false puts items together as they come, as text-embeddings-inference does.</value>
    public bool LengthBuckets { get; set; } = true;

    /// <summary>How many priority levels a request can choose from (<c>priority_levels</c>); 1 is the highest.</summary>
    /// <value>0 to 32; default 0, as Triton has it: one queue for all.</value>
    [Range(0, MostLevels)]
    public int PriorityLevels { get; set; }

    /// <summary>The level of requests that name none, or one that there is not (<c>default_priority_level</c>).</summary>
    /// <value>1 to <see cref="PriorityLevels"/>; default 0: the highest.</value>
    [Range(0, MostLevels)]
    public int DefaultPriorityLevel { get; set; }

    /// <summary>Most items that wait for or are in computation, per model and level; past it requests are answered 429 (<c>max_queue_size</c>).</summary>
    /// <value>1 to 1000000; default 2048: some seconds of work, more than a caller would wait for.</value>
    [Range(1, LargestQueue)]
    public int MaxQueueSize { get; set; } = 2048;

    /// <summary>What becomes of a request that has waited for its time-out (<c>timeout_action</c>).</summary>
    /// <value>Default <see cref="TimeoutAction.Reject"/>, as Triton has it.</value>
    [EnumDataType(typeof(TimeoutAction))]
    public TimeoutAction TimeoutAction { get; set; }

    /// <summary>How long a request may wait until its first item runs, in microseconds (<c>default_timeout_microseconds</c>).</summary>
    /// <value>0 to one hour; default 0: as long as its budget allows.</value>
    [Range(0, LongestTimeout)]
    public long DefaultTimeoutMicroseconds { get; set; }

    /// <summary>Whether a request may ask for a shorter time-out (<c>allow_timeout_override</c>).</summary>
    /// <value>Default false, as Triton has it.</value>
    public bool AllowTimeoutOverride { get; set; }

    /// <summary>What single levels do otherwise (<c>priority_queue_policy</c>), by number.</summary>
    /// <value>Keys 1 to <see cref="PriorityLevels"/>; default none.</value>
    public IDictionary<int, QueuePolicyOptions> PriorityQueuePolicy { get; } = new Dictionary<int, QueuePolicyOptions>();

    /// <summary>Most items in one request (<c>max_client_batch_size</c>).</summary>
    /// <value>1 to 65536; default 256: one request must leave room in the queue for others.</value>
    [Range(1, 65536)]
    public int MaxClientBatchSize { get; set; } = 256;

    public BatchingSettings ToSettings() => new()
    {
        MaxBatchSize = MaxBatchRequests,
        MaxBatchTokens = MaxBatchTokens.Count ?? UsualBatchTokens,
        AutoBatchTokens = MaxBatchTokens.Count is null,
        MaxQueueDelayMicroseconds = MaxQueueDelayMicroseconds,
        PreferredBatchSizes = [.. PreferredBatchSize.Distinct().Order()],
        LengthBuckets = LengthBuckets,
        Levels = [.. Enumerable.Range(1, Math.Max(1, PriorityLevels)).Select(PolicyOf)],
        DefaultLevel = Math.Max(1, DefaultPriorityLevel),
    };

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MaxBatchTokens.Count is < 1 or > MostBatchTokens)
        {
            yield return Wrong($"{nameof(MaxBatchTokens)} ({MaxBatchTokens}) is not in 1 to {MostBatchTokens}, and not 'auto'.", nameof(MaxBatchTokens));
        }

        foreach (var size in PreferredBatchSize.Where(size => size < 1 || size > MaxBatchRequests))
        {
            yield return Wrong(
                $"{nameof(PreferredBatchSize)} {size} is not in 1 to {nameof(MaxBatchRequests)} ({MaxBatchRequests}).", nameof(PreferredBatchSize), nameof(MaxBatchRequests));
        }

        if (DefaultPriorityLevel > PriorityLevels)
        {
            yield return Wrong(
                $"{nameof(DefaultPriorityLevel)} ({DefaultPriorityLevel}) is over {nameof(PriorityLevels)} ({PriorityLevels}).", nameof(DefaultPriorityLevel), nameof(PriorityLevels));
        }

        foreach (var (level, policy) in PriorityQueuePolicy)
        {
            if (level < 1 || level > PriorityLevels)
            {
                yield return Wrong(
                    $"{nameof(PriorityQueuePolicy)} has a level {level}, which is not in 1 to {nameof(PriorityLevels)} ({PriorityLevels}).",
                    nameof(PriorityQueuePolicy), nameof(PriorityLevels));
            }

            var faults = new List<ValidationResult>();
            Validator.TryValidateObject(policy, new ValidationContext(policy), faults, validateAllProperties: true);
            foreach (var fault in faults)
            {
                yield return Wrong($"{nameof(PriorityQueuePolicy)} of level {level}: {fault.ErrorMessage}", nameof(PriorityQueuePolicy));
            }
        }

        foreach (var level in Enumerable.Range(1, Math.Max(1, PriorityLevels)).Where(level => PolicyOf(level).MaxQueueSize < MaxClientBatchSize))
        {
            yield return Wrong(
                $"{nameof(MaxClientBatchSize)} ({MaxClientBatchSize}) is over {nameof(MaxQueueSize)} ({PolicyOf(level).MaxQueueSize}){(PriorityLevels > 0 ? $" of level {level}" : "")}: the largest request would never fit into the queue.",
                nameof(MaxClientBatchSize), nameof(MaxQueueSize));
        }
    }

    private static ValidationResult Wrong(string message, params string[] members) => new(message, members);

    private QueuePolicy PolicyOf(int level)
    {
        var own = PriorityQueuePolicy.TryGetValue(level, out var policy) ? policy : new QueuePolicyOptions();
        return new QueuePolicy(
            own.MaxQueueSize ?? MaxQueueSize,
            own.TimeoutAction ?? TimeoutAction,
            own.DefaultTimeoutMicroseconds ?? DefaultTimeoutMicroseconds,
            own.AllowTimeoutOverride ?? AllowTimeoutOverride);
    }
}
