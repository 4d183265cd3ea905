using System.Diagnostics;

namespace Hybrid.Functions.Telemetry;

/// <summary>The span of a queue message's processing: the point where its producer's trace goes on.</summary>
internal static class MessageSpans
{
    public const string SourceName = "Hybrid.Functions";

    /// <summary>W3C's own limit of a <c>tracestate</c> that everybody passes on.</summary>
    private const int LongestState = 512;

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>
    /// Below the producer's span, and linked to the invocation's; without a producer's span, or with one that cannot be read, below the
    /// invocation's. Null when nobody listens.
    /// </summary>
    /// <param name="queue">Where the message was.</param>
    /// <param name="id">The message's id; names its result.</param>
    /// <param name="traceParent">The producer's <c>traceparent</c>.</param>
    /// <param name="traceState">The producer's <c>tracestate</c>.</param>
    public static Activity? Begin(string queue, string id, string? traceParent, string? traceState)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var invocation = Activity.Current?.Context ?? default;
        var known = ActivityContext.TryParse(traceParent, traceState?.Length <= LongestState ? traceState : null, isRemote: true, out var producer);
        return Source.StartActivity(
            $"process {queue}",
            ActivityKind.Consumer,
            known ? producer : invocation,
            [new("messaging.destination.name", queue), new("messaging.operation.type", "process"), new("llm.request_id", id)],
            known && invocation != default ? [new ActivityLink(invocation)] : null);
    }
}
