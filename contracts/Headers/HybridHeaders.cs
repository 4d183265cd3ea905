namespace Hybrid.Contracts.Headers;

/// <summary>Names of the HTTP headers between the parts. <c>traceparent</c> and <c>tracestate</c> are W3C's and carried by .NET itself.</summary>
public static class HybridHeaders
{
    /// <summary>What is LEFT of the request's budget, in whole milliseconds: relative, so that clocks need not agree.</summary>
    public const string BudgetMs = "x-budget-ms";

    /// <summary>Names one request in every log on its way; made at the outer door when the client gave none.</summary>
    public const string RequestId = "x-request-id";

    /// <summary>The tenant on whose behalf a host works. Set by functions/ after authentication, never taken from a client.</summary>
    public const string Tenant = "x-tenant-id";

    /// <summary>
    /// How urgent a request is, a whole number: 1 is the highest level. A host that has no such level, or none at all, takes it as any other.
    /// </summary>
    public const string Priority = "x-priority";

    /// <summary>
    /// Why a request was rejected before any work was done for it: one of <see cref="DropReasons"/> from a limiter, else the <see cref="Errors.ErrorCode"/>'s name.
    /// </summary>
    public const string DropReason = "x-drop-reason";

    /// <summary>On every answer of a GPU host: how many requests are inside it, waiting ones among them, as it begins to answer.</summary>
    public const string HostInFlight = "x-host-in-flight";
}
