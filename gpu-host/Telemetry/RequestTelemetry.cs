using System.Diagnostics;
using Hybrid.GpuHost.Models;

namespace Hybrid.GpuHost.Telemetry;

/// <summary>One request to one model: its span, by OpenTelemetry's GenAI names, and its duration.</summary>
public sealed class RequestTelemetry : IDisposable
{
    private readonly HostTelemetry _telemetry;
    private readonly TimeProvider _time;
    private readonly long _begin;
    private readonly Activity? _span;
    private readonly TagList _tags;

    internal RequestTelemetry(HostTelemetry telemetry, string operation, ModelId model, string requestId, TimeProvider time)
    {
        _telemetry = telemetry;
        _time = time;
        _begin = time.GetTimestamp();
        _tags = new TagList { { "gen_ai.operation.name", operation }, { "gen_ai.provider.name", "hybrid" }, { "gen_ai.request.model", model.Name } };
        _span = telemetry.Spans.StartActivity($"{operation} {model.Name}", ActivityKind.Internal, default(ActivityContext), [.. _tags]);
        _span?.SetTag("hybrid.model.version", model.Version).SetTag("llm.request_id", requestId);
    }

    public void Dispose()
    {
        _telemetry.Requests.Record(_time.GetElapsedTime(_begin).TotalSeconds, _tags);
        _span?.Dispose();
    }
}
