using Hybrid.Contracts.Errors;
using Hybrid.Functions.Requests;
using Microsoft.AspNetCore.Http;

namespace Hybrid.Functions.Errors;

/// <summary>An error as OpenAI's clients read it: <c>{"error":{"message","type","param","code"}}</c>.</summary>
internal sealed record ErrorBody(ErrorDetail Error)
{
    public static ErrorBody Of(Error error) => new(new ErrorDetail(error.Message, Type(error.Code), error.Param, error.Code.ToName()));

    /// <summary>The whole response: status, headers and body.</summary>
    public static Task WriteAsync(HttpResponse response, Error error)
    {
        response.StatusCode = error.Code.ToStatus();
        if (error.RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        if (error.Code == ErrorCode.Unauthenticated)
        {
            response.Headers.WWWAuthenticate = "Bearer";
        }

        return response.WriteAsJsonAsync(Of(error), ApiJson.Options, response.HttpContext.RequestAborted);
    }

    private static string Type(ErrorCode code) => code switch
    {
        ErrorCode.Overloaded => "rate_limit_error",
        _ when code.ToStatus() >= 500 => "server_error",
        _ => "invalid_request_error",
    };
}

/// <summary>The object inside.</summary>
internal sealed record ErrorDetail(string Message, string Type, string? Param, string Code);
