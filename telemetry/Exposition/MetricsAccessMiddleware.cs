using Hybrid.Telemetry.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Hybrid.Telemetry.Exposition;

/// <summary>Stands before the route.</summary>
internal sealed class MetricsAccessMiddleware(RequestDelegate next, IOptions<MetricsOptions> options)
{
    private readonly CallerAccess _access = new(options.Value.Key);

    public Task InvokeAsync(HttpContext http)
    {
        if (_access.Allows(http))
        {
            return next(http);
        }

        if (!_access.HasKey)
        {
            http.Response.StatusCode = StatusCodes.Status403Forbidden;
            return http.Response.WriteAsync("The metrics are for callers on this machine; with Metrics:Key set, for whoever has that key.", http.RequestAborted);
        }

        http.Response.StatusCode = StatusCodes.Status401Unauthorized;
        http.Response.Headers.WWWAuthenticate = "Bearer";
        return http.Response.WriteAsync("The metrics need their key (Metrics:Key) as 'Authorization: Bearer <key>' or 'x-api-key'.", http.RequestAborted);
    }
}
