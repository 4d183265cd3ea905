namespace Hybrid.GpuHost.Admission.Adaptive;

/// <summary>Why a request was not let in.</summary>
public enum RejectReason
{
    /// <summary>It was let in.</summary>
    None = 0,

    /// <summary>As many are in flight as the server does well.</summary>
    Concurrency,

    /// <summary>The server is far slower than normal; nothing is sent to it but probes.</summary>
    LatencyOpen,

    /// <summary>The tenant asks for more than its share.</summary>
    TenantQuota,
}
