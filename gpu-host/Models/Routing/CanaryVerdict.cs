namespace Hybrid.GpuHost.Models.Routing;

/// <summary>What a canary's requests have shown.</summary>
public enum CanaryVerdict
{
    /// <summary>Not enough yet.</summary>
    OnTrial = 0,

    /// <summary>It is no worse than stable, and answers in its place.</summary>
    Promoted,

    /// <summary>It is worse than stable, which answers everything again.</summary>
    RolledBack,
}
