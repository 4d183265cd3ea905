using System.Diagnostics;

namespace Hybrid.LocalHost.Durable.Tracing;

/// <summary>W3C trace context (<c>traceparent</c>, <c>tracestate</c>): the span that something was asked for in.</summary>
internal readonly record struct TraceHeaders(string? Parent, string? State)
{
    /// <summary>The span that is current, if there is one.</summary>
    public static TraceHeaders Current => new(Activity.Current?.Id, Activity.Current?.TraceStateString);

    /// <summary>The context of a span below this one, in the same trace; none below none.</summary>
    public TraceHeaders Below(ActivitySpanId span) => TryRead(out var parent)
        ? this with { Parent = $"00-{parent.TraceId}-{span}-{(byte)parent.TraceFlags:x2}" }
        : default;

    public bool TryRead(out ActivityContext context) => ActivityContext.TryParse(Parent, State, out context);
}
