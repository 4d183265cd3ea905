using System.ComponentModel.DataAnnotations;

namespace Hybrid.GpuHost.Batching;

/// <summary>What the queue of one priority level does otherwise than the host's. What is left open is as for all levels.</summary>
public sealed class QueuePolicyOptions
{
    /// <inheritdoc cref="BatchingOptions.MaxQueueSize"/>
    [Range(1, BatchingOptions.LargestQueue)]
    public int? MaxQueueSize { get; set; }

    /// <inheritdoc cref="BatchingOptions.TimeoutAction"/>
    [EnumDataType(typeof(TimeoutAction))]
    public TimeoutAction? TimeoutAction { get; set; }

    /// <inheritdoc cref="BatchingOptions.DefaultTimeoutMicroseconds"/>
    [Range(0, BatchingOptions.LongestTimeout)]
    public long? DefaultTimeoutMicroseconds { get; set; }

    /// <inheritdoc cref="BatchingOptions.AllowTimeoutOverride"/>
    public bool? AllowTimeoutOverride { get; set; }
}
