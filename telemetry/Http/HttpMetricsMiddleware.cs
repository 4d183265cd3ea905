using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Hybrid.Telemetry.Http;

/// <summary>Measures every request that the server read, whatever becomes of it.</summary>
internal sealed class HttpMetricsMiddleware(RequestDelegate next, HttpMetrics metrics, TimeProvider time)
{
    public async Task InvokeAsync(HttpContext http)
    {
        var begin = time.GetTimestamp();
        var failed = true;
        try
        {
            await next(http);
            failed = false;
        }
        finally
        {
            metrics.Answered(http.Request.Method, StatusOf(http, failed), HttpMetrics.RouteOf(http), time.GetElapsedTime(begin));
        }
    }

    // The server answers 500 to what escapes, unless an answer has begun.
    private static int StatusOf(HttpContext http, bool failed) =>
        http.RequestAborted.IsCancellationRequested ? StatusCodes.Status499ClientClosedRequest
        : failed && !http.Response.HasStarted ? StatusCodes.Status500InternalServerError
        : http.Response.StatusCode;
}

public static class HttpMetricsApplication
{
    /// <summary>Put it first: what stands before it is not measured.</summary>
    public static IApplicationBuilder UseHttpMetrics(this IApplicationBuilder app) => app.UseMiddleware<HttpMetricsMiddleware>();
}
