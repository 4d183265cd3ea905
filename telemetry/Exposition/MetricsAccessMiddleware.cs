using Microsoft.AspNetCore.Http;

namespace Hybrid.Telemetry.Exposition;

/// <summary>Stands before the route.</summary>
internal sealed class MetricsAccessMiddleware(RequestDelegate next, MetricsAccess access)
{
    public Task InvokeAsync(HttpContext http)
    {
        if (access.Refuse(http) is not var (status, why))
        {
            return next(http);
        }

        http.Response.StatusCode = status;
        if (status == StatusCodes.Status401Unauthorized)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
        }

        return http.Response.WriteAsync(why, http.RequestAborted);
    }
}
