using Hybrid.Contracts.Errors;
using Hybrid.GpuHost.Admission;
using Microsoft.AspNetCore.Connections;

namespace Hybrid.GpuHost.Endpoints;

/// <summary>The one place where whatever went wrong becomes an <see cref="Error"/>; its code then decides the status on both surfaces.</summary>
public static class Failures
{
    /// <param name="exception">What was thrown.</param>
    /// <param name="budget">The request's; null when it was not admitted.</param>
    /// <param name="clientLeft">Nobody waits for the answer.</param>
    public static Error ToError(Exception exception, RequestBudget? budget, bool clientLeft) => exception switch
    {
        HybridException known => known.Error,
        // A connection that breaks under a read says so itself, some time before the request's token does.
        ConnectionResetException or ConnectionAbortedException => new Error(ErrorCode.Cancelled, "The client left."),
        OperationCanceledException or IOException when clientLeft => new Error(ErrorCode.Cancelled, "The client left."),
        OperationCanceledException when budget?.IsSpent == true => new Error(ErrorCode.DeadlineExceeded, "The budget ended before the work did."),
        OperationCanceledException => new Error(ErrorCode.Unavailable, "The host is stopping; it could not finish this.", RetryAfter: TimeSpan.FromSeconds(1)),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => new Error(ErrorCode.PayloadTooLarge, "The body is over the host's limit."),
        BadHttpRequestException bad => new Error(ErrorCode.InvalidRequest, bad.Message),
        _ => new Error(ErrorCode.Internal, "The host failed; its log has the details under this request's id."),
    };
}
