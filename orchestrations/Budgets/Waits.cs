namespace Hybrid.Orchestrations.Budgets;

/// <summary>Waiting for what goes on either way.</summary>
public static class Waits
{
    /// <summary>Whether the task ends, however, before this time is over.</summary>
    public static async Task<bool> EndsWithinAsync(this Task task, TimeSpan limit, TimeProvider time)
    {
        using var ended = new CancellationTokenSource();
        var first = await Task.WhenAny(task, Task.Delay(limit, time, ended.Token));
        await ended.CancelAsync();
        return first == task;
    }
}
