using System.Diagnostics;
using System.Diagnostics.Metrics;
using Hybrid.GpuHost.Models;

namespace Hybrid.GpuHost.Telemetry;

/// <summary>Requests of one kind to one model: their spans, by OpenTelemetry's GenAI names, and their durations.</summary>
public sealed class RequestTelemetry
{
    private readonly string _operation;
    private readonly ModelId _model;
    private readonly Histogram<double> _durations;
    private readonly TagList _tags;
    private readonly TimeProvider _time;

    internal RequestTelemetry(string operation, ModelId model, Histogram<double> durations, TagList tags, TimeProvider time)
    {
        _operation = operation;
        _model = model;
        _durations = durations;
        _tags = tags;
        _time = time;
    }

    /// <summary>Begins a request's clock, and its span where somebody listens.</summary>
    /// <param name="route">Where it came in.</param>
    /// <param name="requestId">In every log on its way.</param>
    internal MeasuredRequest Begin(string route, string requestId) =>
        new(this, HostSpans.BeginRequest(_operation, route, _model, requestId), _time.GetTimestamp());

    internal void Record(long begin) => _durations.Record(_time.GetElapsedTime(begin).TotalSeconds, _tags);

    internal void Record(long begin, string error)
    {
        var tags = _tags;
        tags.Add("error.type", error);
        _durations.Record(_time.GetElapsedTime(begin).TotalSeconds, tags);
    }
}
