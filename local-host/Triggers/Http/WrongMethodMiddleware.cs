namespace Hybrid.LocalHost.Triggers.Http;

/// <summary>A known path with a method that it does not take is 404 on a Functions host, where ASP.NET Core says 405: clients see the same in both places.</summary>
internal sealed class WrongMethodMiddleware(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext http)
    {
        await next(http);
        // Routing answers 405 through an endpoint of its own, which has no route.
        if (http.Response is { StatusCode: StatusCodes.Status405MethodNotAllowed, HasStarted: false } && http.GetEndpoint() is not RouteEndpoint)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            http.Response.Headers.Allow = default;
        }
    }
}
