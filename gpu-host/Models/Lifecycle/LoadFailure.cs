using Hybrid.Contracts.Errors;
using Hybrid.GpuHost.Weights;

namespace Hybrid.GpuHost.Models.Lifecycle;

/// <summary>Tells failures that may pass from those that last until the version is published anew.</summary>
internal static class LoadFailure
{
    /// <summary>What storage, disks and memory do; what a file says stays as it is.</summary>
    public static bool MayPass(Exception exception) => exception switch
    {
        WeightsException weights => weights.MayPass,
        SourceChangedException => true,
        HybridException { Error.Code: ErrorCode.Unavailable or ErrorCode.Overloaded } => true,
        OperationCanceledException or IOException or UnauthorizedAccessException or OutOfMemoryException or TimeoutException => true,
        _ => false,
    };
}
