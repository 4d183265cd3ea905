using System.Diagnostics;

namespace Hybrid.Telemetry.Otlp;

/// <summary>Spans that are not to be seen.</summary>
public static class SilentSpans
{
    /// <summary>Leaves a span out, and whatever begins below it from now on.</summary>
    public static void Silence(this Activity span)
    {
        span.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        span.IsAllDataRequested = false;
    }
}
