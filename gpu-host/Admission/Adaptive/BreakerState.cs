namespace Hybrid.GpuHost.Admission.Adaptive;

/// <summary>Whether latency keeps requests out.</summary>
public enum BreakerState
{
    /// <summary>No.</summary>
    Closed = 0,

    /// <summary>Yes, all of them, for a fixed time.</summary>
    Open = 1,

    /// <summary>Yes, except one probe at a time.</summary>
    HalfOpen = 2,
}
