using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Headers;
using Hybrid.GpuHost.Admission.Adaptive;

namespace Hybrid.GpuHost.Admission;

/// <summary>How a rejection looks from outside.</summary>
public static class RejectReasons
{
    private static readonly string[] Names = [.. Enum.GetValues<RejectReason>().Where(reason => reason != RejectReason.None).Select(ToName)];

    /// <summary>The name in <c>x-drop-reason</c> and in metrics.</summary>
    public static string ToName(this RejectReason reason) => reason switch
    {
        RejectReason.Concurrency => DropReasons.Concurrency,
        RejectReason.LatencyOpen => DropReasons.LatencyOpen,
        RejectReason.TenantQuota => DropReasons.TenantQuota,
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "It was let in."),
    };

    /// <summary>429 where the caller sends too much, 503 where this host should be left alone for a while.</summary>
    public static HybridException ToException(this RejectReason reason, TimeSpan retryAfter) => new(reason switch
    {
        RejectReason.Concurrency => new Error(ErrorCode.Overloaded, "As many requests are in work as this model does well.", reason.ToName(), retryAfter),
        RejectReason.LatencyOpen => new Error(ErrorCode.Unavailable, "The model answers far slower than normal; only probes are let in.", reason.ToName(), retryAfter),
        _ => new Error(ErrorCode.Overloaded, "The tenant asks for more than its share.", reason.ToName(), retryAfter),
    });

    /// <summary>Why a request with this error was dropped: a limiter's reason, else the error's code.</summary>
    public static string DropReasonOf(Error error) =>
        error.Code is ErrorCode.Overloaded or ErrorCode.Unavailable && error.Param is { } param && Names.Contains(param) ? param : error.Code.ToName();
}
