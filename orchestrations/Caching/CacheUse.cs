namespace Hybrid.Orchestrations.Caching;

/// <summary>What a caller lets the cache do for one request (RFC 9111, the request directives of <c>Cache-Control</c>).</summary>
public enum CacheUse
{
    /// <summary>Read and write.</summary>
    Full = 0,

    /// <summary><c>no-cache</c>: compute anew, and keep that.</summary>
    Refresh = 1,

    /// <summary><c>no-store</c>: neither read nor write.</summary>
    None = 2,
}
