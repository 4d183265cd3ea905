namespace Hybrid.GpuHost.Batching;

/// <summary>How a request wants to wait (the schedule policy extension of Triton's protocol).</summary>
/// <param name="Priority">1 is the highest level; 0, or a level that the model does not have: the model's default.</param>
/// <param name="TimeoutMicroseconds">Longest wait, where the level's policy lets requests say so; 0: as the policy has it.</param>
public readonly record struct RequestSchedule(int Priority, long TimeoutMicroseconds = 0)
{
    /// <summary>The same, at this priority if it names none.</summary>
    public RequestSchedule Or(int priority) => Priority > 0 ? this : this with { Priority = priority };
}
