using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Hybrid.Contracts.Errors;
using Hybrid.GpuHost.Admission;
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

    /// <summary>Does a request's work; why it fails stands in its span and beside its duration.</summary>
    /// <param name="route">Where it came in.</param>
    /// <param name="requestId">In every log on its way.</param>
    /// <param name="budget">Whose end is a time-out, in contrast to a client that left.</param>
    /// <param name="state">What the work needs; so that <paramref name="work"/> can be static, and nothing is allocated.</param>
    /// <param name="work">The work.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask RunAsync<TState>(string route, string requestId, RequestBudget budget, TState state, Func<TState, RequestBudget, ValueTask> work)
    {
        var begin = _time.GetTimestamp();
        using var span = HostSpans.BeginRequest(_operation, route, _model, requestId);
        try
        {
            await work(state, budget);
            _durations.Record(_time.GetElapsedTime(begin).TotalSeconds, _tags);
        }
        catch (Exception failure)
        {
            var error = CodeOf(failure, budget).ToName();
            span?.SetTag("error.type", error).SetStatus(ActivityStatusCode.Error);
            var tags = _tags;
            tags.Add("error.type", error);
            _durations.Record(_time.GetElapsedTime(begin).TotalSeconds, tags);
            throw;
        }
    }

    private static ErrorCode CodeOf(Exception failure, RequestBudget budget) => failure switch
    {
        HybridException known => known.Error.Code,
        OperationCanceledException => budget.IsSpent ? ErrorCode.DeadlineExceeded : ErrorCode.Cancelled,
        IOException => ErrorCode.Cancelled,
        _ => ErrorCode.Internal,
    };
}
