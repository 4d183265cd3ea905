using Azure;
using Hybrid.Contracts.Errors;
using Microsoft.AspNetCore.Http;

namespace Hybrid.Functions.Errors;

/// <summary>The one function that turns what was thrown into what a client is told.</summary>
internal static class ErrorMapping
{
    public static Error From(Exception exception) => exception switch
    {
        HybridException known => known.Error,
        OperationCanceledException => new Error(ErrorCode.Cancelled, "The client left."),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => new Error(ErrorCode.PayloadTooLarge, "The body is too large."),
        BadHttpRequestException => new Error(ErrorCode.InvalidRequest, "The HTTP request cannot be read."),
        RequestFailedException => new Error(ErrorCode.Unavailable, "Storage does not answer as it should; try again.", RetryAfter: TimeSpan.FromSeconds(1)),
        _ => new Error(ErrorCode.Internal, "Something went wrong here; the log has the details under this request's id."),
    };
}
