using System.Diagnostics;
using Hybrid.Contracts.Errors;
using Hybrid.GpuHost.Admission;

namespace Hybrid.GpuHost.Telemetry;

/// <summary>One request while it is measured: ended in one of two ways, then disposed, which ends its span. A value, so that a request allocates none.</summary>
internal readonly struct MeasuredRequest(RequestTelemetry telemetry, Activity? span, long begin) : IDisposable
{
    /// <summary>It was answered.</summary>
    public void End() => telemetry.Record(begin);

    /// <summary>It was not; why stands in its span and beside its duration.</summary>
    /// <param name="failure">Why.</param>
    /// <param name="budget">Whose end is a time-out, in contrast to a client that left.</param>
    public void Fail(Exception failure, RequestBudget budget)
    {
        var error = CodeOf(failure, budget).ToName();
        span?.SetTag("error.type", error).SetStatus(ActivityStatusCode.Error);
        telemetry.Record(begin, error);
    }

    public void Dispose() => span?.Dispose();

    private static ErrorCode CodeOf(Exception failure, RequestBudget budget) => failure switch
    {
        HybridException known => known.Error.Code,
        OperationCanceledException => budget.IsSpent ? ErrorCode.DeadlineExceeded : ErrorCode.Cancelled,
        IOException => ErrorCode.Cancelled,
        _ => ErrorCode.Internal,
    };
}
