using Google.Protobuf;

namespace Hybrid.EndToEnd.Tests.Tracing.Otlp;

/// <summary>A span as it was received. Ids are lower-case hex; one without a parent has an empty parent id.</summary>
internal sealed record TracedSpan(
    string Service,
    string Name,
    SpanKind Kind,
    string TraceId,
    string SpanId,
    string ParentId,
    ulong Start,
    ulong End,
    IReadOnlyDictionary<string, AnyValue> Attributes,
    IReadOnlyList<string> Events,
    IReadOnlyList<string> Links,
    bool Failed)
{
    public static TracedSpan Of(Span span, string service) => new(
        service,
        span.Name,
        span.Kind,
        Hex(span.TraceId),
        Hex(span.SpanId),
        Hex(span.ParentSpanId),
        span.StartTimeUnixNano,
        span.EndTimeUnixNano,
        span.Attributes.ToDictionary(attribute => attribute.Key, attribute => attribute.Value),
        [.. span.Events.Select(happened => happened.Name)],
        [.. span.Links.Select(link => Hex(link.SpanId))],
        span.Status?.Code == Status.Types.StatusCode.Error);

    public static string Hex(ByteString bytes) => Convert.ToHexStringLower(bytes.Span);
}

/// <summary>A line of a log as it was received.</summary>
internal sealed record TracedLog(string Service, string Text, string TraceId, string SpanId, IReadOnlyList<string> Values)
{
    public static TracedLog Of(LogRecord log, string service) => new(
        service,
        log.Body?.StringValue ?? "",
        TracedSpan.Hex(log.TraceId),
        TracedSpan.Hex(log.SpanId),
        [.. log.Attributes.Select(attribute => attribute.Value.StringValue)]);
}
