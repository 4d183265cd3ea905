using System.Threading.Channels;

namespace Hybrid.LocalHost.Durable.Engine;

/// <summary>Gives scheduled activities to workers, in the order in which they were scheduled.</summary>
/// <param name="run">Runs one activity; it does not throw.</param>
internal sealed class ActivityDispatcher(int workers, Func<long, CancellationToken, Task> run)
{
    // Unbounded: ids of rows that are on disk.
    private readonly Channel<long> _scheduled = Channel.CreateUnbounded<long>();
    private Task _running = Task.CompletedTask;

    public void Signal(long activityId) => _scheduled.Writer.TryWrite(activityId);

    public void Start(CancellationToken stopping) =>
        _running = Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(() => WorkAsync(stopping), CancellationToken.None)));

    /// <summary>Ends when the activities that run have ended.</summary>
    public Task Stopped => _running;

    private async Task WorkAsync(CancellationToken stopping)
    {
        try
        {
            while (!stopping.IsCancellationRequested)
                await run(await _scheduled.Reader.ReadAsync(stopping), stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // What is still queued is on disk, and queued again at the next start.
        }
    }
}
