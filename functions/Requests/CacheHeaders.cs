using System.Net.Http.Headers;
using Hybrid.Orchestrations.Caching;
using Microsoft.AspNetCore.Http;

namespace Hybrid.Functions.Requests;

/// <summary>What a client says to the caches and hears from them, in HTTP's own headers.</summary>
internal static class CacheHeaders
{
    /// <summary><c>Cache-Control: no-cache</c> computes anew, <c>no-store</c> leaves the caches alone; anything else, and what cannot be read, is no wish.</summary>
    public static CacheUse Read(HttpRequest request) =>
        !CacheControlHeaderValue.TryParse(request.Headers.CacheControl.ToString(), out var wish) || wish is null ? CacheUse.Full
        : wish.NoStore ? CacheUse.None
        : wish.NoCache ? CacheUse.Refresh
        : CacheUse.Full;

    /// <summary>Sets <c>Cache-Status</c> (RFC 9211) and returns the reply.</summary>
    public static T Unwrap<T>(this HttpResponse response, Cached<T> cached)
    {
        response.Headers["Cache-Status"] = cached.Status.ToString();
        return cached.Reply;
    }
}
