namespace Hybrid.Contracts.Errors;

/// <summary>The one place where an <see cref="ErrorCode"/> meets HTTP.</summary>
public static class ErrorCodes
{
    /// <summary>The HTTP status of an answer that carries this code.</summary>
    public static int ToStatus(this ErrorCode code) => code switch
    {
        ErrorCode.InvalidRequest => 400,
        ErrorCode.Unauthenticated => 401,
        ErrorCode.NotFound or ErrorCode.ModelNotFound => 404,
        ErrorCode.Conflict => 409,
        ErrorCode.PayloadTooLarge => 413,
        ErrorCode.Unprocessable => 422,
        ErrorCode.Overloaded => 429,
        ErrorCode.Cancelled => 499,
        ErrorCode.NotImplemented => 501,
        ErrorCode.Unavailable => 503,
        ErrorCode.DeadlineExceeded => 504,
        _ => 500,
    };

    /// <summary>The stable snake_case name used in JSON error bodies, metrics and drop reasons.</summary>
    public static string ToName(this ErrorCode code) => code switch
    {
        ErrorCode.InvalidRequest => "invalid_request",
        ErrorCode.Unauthenticated => "invalid_api_key",
        ErrorCode.NotFound => "not_found",
        ErrorCode.ModelNotFound => "model_not_found",
        ErrorCode.PayloadTooLarge => "payload_too_large",
        ErrorCode.Unprocessable => "unprocessable",
        ErrorCode.Overloaded => "overloaded",
        ErrorCode.Unavailable => "unavailable",
        ErrorCode.DeadlineExceeded => "deadline_exceeded",
        ErrorCode.Cancelled => "cancelled",
        ErrorCode.NotImplemented => "not_implemented",
        ErrorCode.Conflict => "conflict",
        _ => "internal_error",
    };

    /// <summary>
    /// Whether the same request may be sent again, here or to another host, with hope of another answer.
    /// Every task of the host is a pure computation, so a retry is always safe; these are the ones where it can help.
    /// </summary>
    public static bool IsTransient(this ErrorCode code) =>
        code is ErrorCode.Overloaded or ErrorCode.Unavailable or ErrorCode.Internal;
}
