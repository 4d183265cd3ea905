namespace Hybrid.Orchestrations;

/// <summary>What a process does by itself, again and again.</summary>
internal static class Periodically
{
    /// <summary>Does it at once, and then once an interval until the process ends; what takes longer than that delays the next time.</summary>
    public static async Task RunAsync(TimeSpan interval, TimeProvider time, Func<CancellationToken, Task> work, CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            do
            {
                await work(stopping);
            }
            while (await timer.WaitForNextTickAsync(stopping));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // the process ends
        }
    }
}
