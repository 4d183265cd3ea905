namespace Hybrid.LimiterSimulation;

/// <summary>A request that comes.</summary>
/// <param name="At">When.</param>
/// <param name="Work">Its size, which it says.</param>
/// <param name="ServiceMs">How long a lane works on it, in milliseconds, before any slowdown.</param>
public readonly record struct Arrival(TimeSpan At, double Work, double ServiceMs);
