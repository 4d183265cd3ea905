namespace Hybrid.GpuHost.Weights;

/// <summary>Which failures of a source may pass.</summary>
public static class SourceFailures
{
    /// <summary>
    /// All but our own verdict on a version and our own wish to stop: clients of storage throw their own exceptions, aggregates of them
    /// after their own retries, and cancellations for their own timeouts.
    /// </summary>
    public static bool IsTransient(Exception exception, CancellationToken cancellationToken) =>
        exception is not (WeightsException or SourceChangedException) && !cancellationToken.IsCancellationRequested;

    /// <summary>The failure in one line; storage clients append whole responses.</summary>
    public static string Reason(Exception exception) => exception.Message.Split('\n')[0].TrimEnd();
}
