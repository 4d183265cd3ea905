using Hybrid.LocalHost.Invocation;
using Hybrid.LocalHost.Triggers.Http;
using Hybrid.Telemetry.Exposition;
using Hybrid.Telemetry.Http;
using Microsoft.Extensions.Options;

namespace Hybrid.LocalHost.Hosting;

/// <summary>The request path of the host, in order.</summary>
internal static class LocalHostApplication
{
    /// <exception cref="FunctionDiscoveryException">There are functions that cannot be served.</exception>
    public static WebApplication MapLocalHost(this WebApplication app)
    {
        var services = app.Services;
        var found = FunctionCatalog.Discover(services.GetRequiredService<ServedFunctions>().Types, [.. services.GetServices<ITriggerKind>()]);
        Log.FunctionsFound(app.Logger, found);

        app.UseHttpMetrics();
        app.UseMiddleware<WrongMethodMiddleware>();
        app.UseRouting();
        app.UseRateLimiter();
        app.MapAdmin();
        app.MapMetrics();
        HttpFunctionEndpoints.Map(
            app,
            services.GetRequiredService<HttpTriggers>().Functions,
            services.GetRequiredService<IOptions<HttpHostOptions>>().Value.RoutePrefix,
            services.GetRequiredService<FunctionInvoker>(),
            app.Logger);
        return app;
    }

    // The two routes of a Functions host that tell whether it lives and whether it is ready. They are outside the request limits.
    private static void MapAdmin(this IEndpointRouteBuilder app)
    {
        app.MapGet("/admin/host/ping", () => Results.Ok());
        app.MapGet("/admin/host/status", (Readiness readiness) => Results.Ok(new { state = readiness.State }));
    }
}
