using System.Collections.Frozen;
using System.Diagnostics;
using System.Globalization;
using Hybrid.Telemetry.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Hybrid.Telemetry.Otlp;

/// <summary>
/// Names the server's spans as OpenTelemetry has it: ASP.NET Core itself leaves them without a route and a status. A filter, so that it
/// reaches the server inside a Functions worker too, which nobody but the worker configures.
/// </summary>
internal sealed class ServerSpans(IEnumerable<string> silentPaths) : IStartupFilter
{
    private readonly FrozenSet<string> _silentPaths = silentPaths.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(InvokeAsync);
        next(app);
    };

    private async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        var span = http.Features.Get<IHttpActivityFeature>()?.Activity;
        if (span is { Recorded: true } && _silentPaths.Contains(http.Request.Path.Value ?? ""))
        {
            span.Silence();
        }

        try
        {
            await next(http);
        }
        catch (Exception failure)
        {
            span?.SetTag("error.type", failure.GetType().ToString()).SetStatus(ActivityStatusCode.Error);
            throw;
        }
        finally
        {
            if (span is { Recorded: true })
            {
                Describe(span, http);
            }
        }
    }

    private static void Describe(Activity span, HttpContext http)
    {
        var method = HttpMetrics.KnownMethod(http.Request.Method);
        var route = HttpMetrics.RouteOf(http);
        var status = http.Response.StatusCode;
        span.DisplayName = route is null ? method : $"{method} {route}";
        span.SetTag("http.request.method", method).SetTag("http.route", route).SetTag("http.response.status_code", status);
        if (status >= StatusCodes.Status500InternalServerError && span.Status == ActivityStatusCode.Unset)
        {
            span.SetTag("error.type", span.GetTagItem("error.type") ?? status.ToString(CultureInfo.InvariantCulture)).SetStatus(ActivityStatusCode.Error);
        }
    }
}
