namespace Hybrid.GpuHost.Batching;

/// <summary>What becomes of a request that has waited for its time-out (<c>timeout_action</c>).</summary>
public enum TimeoutAction
{
    /// <summary>It is answered with an error, uncomputed.</summary>
    Reject = 0,

    /// <summary>It waits on, behind all of its level and above that have not: as long as newcomers come, for ever.</summary>
    Delay = 1,
}
