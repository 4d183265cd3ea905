using Hybrid.Contracts.Headers;

namespace Hybrid.GpuHost.Endpoints;

/// <summary>Gives every request a name that is in its logs and its answer: the caller's own when it is a plausible one, else the server's.</summary>
public sealed class RequestIdMiddleware(RequestDelegate next)
{
    private const int MaxLength = 128;

    public Task InvokeAsync(HttpContext http)
    {
        if (http.Request.Headers.TryGetValue(HybridHeaders.RequestId, out var given) && IsPlausible(given.ToString()))
        {
            http.TraceIdentifier = given.ToString();
        }

        http.Response.Headers[HybridHeaders.RequestId] = http.TraceIdentifier;
        return next(http);
    }

    // It is written into headers and logs: no character that means something there.
    private static bool IsPlausible(ReadOnlySpan<char> id)
    {
        foreach (var c in id)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.' or ':'))
            {
                return false;
            }
        }

        return id.Length is > 0 and <= MaxLength;
    }
}
