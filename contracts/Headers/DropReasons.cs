namespace Hybrid.Contracts.Headers;

/// <summary>Why a limiter kept a request out: what <see cref="HybridHeaders.DropReason"/> and the error's <c>Param</c> then say.</summary>
public static class DropReasons
{
    /// <summary>As many requests are in work as the model does well.</summary>
    public const string Concurrency = "concurrency";

    /// <summary>The model is far slower than normal; others on the same host may be well.</summary>
    public const string LatencyOpen = "latency_open";

    /// <summary>The tenant asks for more than its share; the host has room for others.</summary>
    public const string TenantQuota = "tenant_quota";
}
