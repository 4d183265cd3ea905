using System.Diagnostics;
using Hybrid.GpuHost.Admission.Adaptive;
using Hybrid.GpuHost.Execution;
using Hybrid.GpuHost.Models;

namespace Hybrid.GpuHost.Telemetry;

/// <summary>
/// The host's spans. A request is <c>{operation} {model}</c>, with its admission as an event; below it are <c>queue</c> and the <c>batch</c>
/// that it went into, and below that the session's <c>run</c>. A batch has one parent, its oldest request, and links to all of them.
/// No text of a request stands in any. Without a listener none is made, and nothing is allocated.
/// </summary>
public static class HostSpans
{
    private const string Batch = "batch";

    internal static ActivitySource Source { get; } = new(HostTelemetry.Name);

    /// <param name="operation">OpenTelemetry's name of it, such as <c>embeddings</c>.</param>
    /// <param name="route">Where it came in.</param>
    /// <param name="model">One that is served, so that no name is a client's.</param>
    /// <param name="requestId">In every log on its way.</param>
    internal static Activity? BeginRequest(string operation, string route, ModelId model, string requestId) => Source.HasListeners()
        ? Source.StartActivity(
            $"{operation} {model.Name}",
            ActivityKind.Internal,
            default(ActivityContext),
            [
                new("gen_ai.operation.name", operation),
                new("gen_ai.provider.name", "hybrid"),
                new("gen_ai.request.model", model.Name),
                new("hybrid.model.version", model.Version),
                new("llm.request_id", requestId),
                new("route", route),
            ])
        : null;

    /// <summary>The request's model let it in, or did not.</summary>
    internal static void Admission(RejectReason reason, AdaptiveLimiter limiter)
    {
        if (OfRequest() is not { } request)
        {
            return;
        }

        var now = limiter.Snapshot();
        request.AddEvent(new ActivityEvent(reason == RejectReason.None ? "admitted" : "rejected", tags: new ActivityTagsCollection
        {
            ["hybrid.admission.in_flight"] = now.InFlight,
            ["hybrid.admission.limit"] = now.Limit,
            ["hybrid.admission.reason"] = reason == RejectReason.None ? null : reason.ToString(),
        }));
    }

    /// <summary>The current request is through a stage of the prompt pipeline, or failed in it.</summary>
    internal static void PromptStageEnded(string stage, DateTimeOffset since, bool succeeded)
    {
        if (OfRequest() is { } request)
        {
            using var span = Source.StartActivity($"prompt {stage}", ActivityKind.Internal, request.Context, startTime: since);
            span?.SetStatus(succeeded ? ActivityStatusCode.Unset : ActivityStatusCode.Error);
        }
    }

    /// <summary>The request's items reached the device.</summary>
    internal static void Queued(ActivityContext request, DateTimeOffset since) =>
        Source.StartActivity("queue", ActivityKind.Internal, request, startTime: since)?.Dispose();

    /// <summary>Begins a batch; dispose it when the batch is computed.</summary>
    /// <param name="model">Which computes it.</param>
    /// <param name="size">Items.</param>
    /// <param name="tokens">With their padding.</param>
    /// <param name="requests">The spans of the requests in it, the oldest first; one without a span is left out.</param>
    internal static Activity? BeginBatch(ModelId model, int size, int tokens, IEnumerable<ActivityContext> requests)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        ActivityContext[] traced = [.. requests.Where(request => request != default)];
        return Source.StartActivity(
            Batch,
            ActivityKind.Internal,
            traced.FirstOrDefault(request => request.TraceFlags.HasFlag(ActivityTraceFlags.Recorded)),
            [
                new("gen_ai.request.model", model.Name),
                new("hybrid.model.version", model.Version),
                new("hybrid.batch.size", size),
                new("hybrid.batch.tokens", tokens),
            ],
            traced.Select(request => new ActivityLink(request)));
    }

    /// <summary>Begins one run of a session inside a batch; none outside (a warm-up).</summary>
    internal static Activity? BeginRun(ExecutionDevice device) =>
        Activity.Current is { OperationName: Batch } batch && batch.Source == Source
            ? Source.StartActivity("run")?.SetTag("hybrid.device", device.ToString())
            : null;

    /// <summary>The current span, if it is a request's.</summary>
    internal static Activity? OfRequest() => Activity.Current is { } span && span.Source == Source ? span : null;
}
