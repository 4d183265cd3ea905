namespace Hybrid.Orchestrations.Dispatch;

/// <summary>A host that was chosen for an attempt.</summary>
/// <param name="Host">Which.</param>
/// <param name="Epoch">Its breaker's when it was chosen.</param>
/// <param name="IsTrial">The attempt is the one that its half-open breaker lets through.</param>
internal readonly record struct HostPick(GpuHost Host, int Epoch, bool IsTrial);
