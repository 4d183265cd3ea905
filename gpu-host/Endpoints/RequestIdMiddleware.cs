using Hybrid.Contracts.Headers;

namespace Hybrid.GpuHost.Endpoints;

/// <summary>Gives every request a name that is in its logs and its answer: the caller's own when it is a plausible one.</summary>
public sealed class RequestIdMiddleware(RequestDelegate next, ILogger<RequestIdMiddleware> logger)
{
    private const int MaxLength = 128;

    private static readonly Func<ILogger, string, IDisposable?> Scope = LoggerMessage.DefineScope<string>("request {RequestId}");

    public async Task InvokeAsync(HttpContext http)
    {
        var id = http.Request.Headers[HybridHeaders.RequestId].ToString();
        if (!IsPlausible(id))
        {
            id = Guid.NewGuid().ToString("n");
        }

        http.TraceIdentifier = id;
        http.Response.Headers[HybridHeaders.RequestId] = id;
        using (Scope(logger, id))
        {
            await next(http);
        }
    }

    // It is written into headers and logs: no character that means something there.
    private static bool IsPlausible(string id) =>
        id.Length is > 0 and <= MaxLength && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':');
}
