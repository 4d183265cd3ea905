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

    internal RequestTelemetry(HostTelemetry telemetry, string operation, string route, ModelId model, string requestId, TimeProvider time)
    {
        _telemetry = telemetry;
        _time = time;
        _begin = time.GetTimestamp();
        _tags = new TagList { { "gen_ai.operation.name", operation }, { "gen_ai.provider.name", "hybrid" }, { "gen_ai.request.model", model.Name } };
        _span = HostSpans.BeginRequest(operation, route, model, requestId);
    }

    /// <summary>Does the request's work; why it fails stands in its span.</summary>
    public async Task RunAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception failure) when (_span is not null)
        {
            HostSpans.Failed(_span, failure);
            throw;
        }
    }

    public void Dispose()
    {
        _telemetry.Requests.Record(_time.GetElapsedTime(_begin).TotalSeconds, _tags);
        _span?.Dispose();
    }
}
