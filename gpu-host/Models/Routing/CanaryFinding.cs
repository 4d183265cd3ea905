namespace Hybrid.GpuHost.Models.Routing;

/// <summary>A judgement.</summary>
/// <param name="Verdict">Promoted or rolled back.</param>
/// <param name="Why">The figures that it rests on.</param>
public sealed record CanaryFinding(CanaryVerdict Verdict, string Why);
