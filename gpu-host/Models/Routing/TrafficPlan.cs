using Hybrid.Contracts.Models;

namespace Hybrid.GpuHost.Models.Routing;

/// <summary>How requests that name no version are spread: what the publisher asked for, and what the canary has shown here since.</summary>
/// <param name="Labels">The publisher's.</param>
/// <param name="Verdict">Holds until the labels change: whoever changes them has seen it.</param>
public sealed record TrafficPlan(ModelLabels Labels, CanaryVerdict Verdict = CanaryVerdict.OnTrial);
