namespace Hybrid.Orchestrations.Dispatch;

/// <summary>How long to wait before the same host is asked again.</summary>
internal static class RetryDelay
{
    /// <summary>
    /// 50 ms, doubled with every failure up to a second, of which a random half is taken off so that callers who failed
    /// together do not come back together; never less than what the host asked for.
    /// </summary>
    /// <param name="failures">Failures so far, from 1.</param>
    /// <param name="retryAfter">What the host asked for, if it did.</param>
    /// <param name="jitter">From 0 to below 1.</param>
    public static TimeSpan Compute(int failures, TimeSpan? retryAfter, double jitter)
    {
        var milliseconds = Math.Min(1000, 50 * Math.Pow(2, failures - 1)) * (1 - (jitter / 2));
        var delay = TimeSpan.FromMilliseconds(milliseconds);
        return retryAfter > delay ? retryAfter.Value : delay;
    }
}
