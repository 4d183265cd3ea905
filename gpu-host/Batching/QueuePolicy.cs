namespace Hybrid.GpuHost.Batching;

/// <summary>How requests of one priority level wait (Triton's <c>ModelQueuePolicy</c>).</summary>
/// <param name="MaxQueueSize">Most items that wait or run (<c>max_queue_size</c>).</param>
/// <param name="TimeoutAction">What a time-out does (<c>timeout_action</c>).</param>
/// <param name="DefaultTimeoutMicroseconds">How long a request may wait until its first item runs; 0: as long as its deadline allows (<c>default_timeout_microseconds</c>).</param>
/// <param name="AllowTimeoutOverride">Whether a request may ask for a shorter time-out (<c>allow_timeout_override</c>).</param>
public sealed record QueuePolicy(int MaxQueueSize, TimeoutAction TimeoutAction, long DefaultTimeoutMicroseconds, bool AllowTimeoutOverride)
{
    /// <summary>The time-out of a request that asks for <paramref name="asked"/> microseconds (0: for none); it can only make it shorter.</summary>
    public long TimeoutMicroseconds(long asked)
    {
        if (!AllowTimeoutOverride || asked <= 0)
        {
            return DefaultTimeoutMicroseconds;
        }

        return DefaultTimeoutMicroseconds == 0 ? asked : Math.Min(asked, DefaultTimeoutMicroseconds);
    }
}
