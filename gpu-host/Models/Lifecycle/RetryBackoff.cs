namespace Hybrid.GpuHost.Models.Lifecycle;

/// <summary>How long to leave alone what has failed.</summary>
public static class RetryBackoff
{
    /// <summary>The first delay, doubled for each failure after the first, up to the longest.</summary>
    /// <param name="failures">In a row; at least 1.</param>
    /// <param name="first">After one.</param>
    /// <param name="longest">However many.</param>
    public static TimeSpan After(int failures, TimeSpan first, TimeSpan longest)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(failures, 1);
        var ticks = first.Ticks * Math.Pow(2, failures - 1);
        return ticks < longest.Ticks ? TimeSpan.FromTicks((long)ticks) : longest;
    }
}
