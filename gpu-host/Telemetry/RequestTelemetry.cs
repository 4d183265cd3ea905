using System.Diagnostics;
using System.Diagnostics.Metrics;
using Hybrid.Contracts.Errors;
using Hybrid.GpuHost.Admission;

namespace Hybrid.GpuHost.Telemetry;

/// <summary>One request to one model: its span, by OpenTelemetry's GenAI names, and its duration.</summary>
public sealed class RequestTelemetry : IDisposable
{
    private readonly Histogram<double> _durations;
    private readonly Activity? _span;
    private readonly TimeProvider _time;
    private readonly long _begin;
    private TagList _tags;

    internal RequestTelemetry(Histogram<double> durations, TagList tags, Activity? span, TimeProvider time)
    {
        _durations = durations;
        _tags = tags;
        _span = span;
        _time = time;
        _begin = time.GetTimestamp();
    }

    /// <summary>Does the request's work; why it fails stands in its span and beside its duration.</summary>
    public async Task RunAsync(RequestBudget budget, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception failure)
        {
            var error = CodeOf(failure, budget).ToName();
            _tags.Add("error.type", error);
            _span?.SetTag("error.type", error).SetStatus(ActivityStatusCode.Error);
            throw;
        }
    }

    public void Dispose()
    {
        _durations.Record(_time.GetElapsedTime(_begin).TotalSeconds, _tags);
        _span?.Dispose();
    }

    private static ErrorCode CodeOf(Exception failure, RequestBudget budget) => failure switch
    {
        HybridException known => known.Error.Code,
        OperationCanceledException => budget.IsSpent ? ErrorCode.DeadlineExceeded : ErrorCode.Cancelled,
        IOException => ErrorCode.Cancelled,
        _ => ErrorCode.Internal,
    };
}
