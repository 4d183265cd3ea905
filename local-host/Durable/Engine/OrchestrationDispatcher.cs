using System.Threading.Channels;

namespace Hybrid.LocalHost.Durable.Engine;

/// <summary>Gives ready instances to workers: each instance to one worker at a time, as many instances at once as there are workers.</summary>
/// <param name="runTurn">Runs one turn; it does not throw.</param>
internal sealed class OrchestrationDispatcher(int workers, Func<string, CancellationToken, Task> runTurn)
{
    // Unbounded: it holds each instance that has messages at most once, and those are on disk anyway.
    private readonly Channel<string> _ready = Channel.CreateUnbounded<string>();
    private readonly Dictionary<string, Progress> _instances = [];
    private readonly Lock _lock = new();
    private Task _running = Task.CompletedTask;

    private enum Progress
    {
        Queued,
        Running,

        /// <summary>Messages came while the turn ran: they need another one.</summary>
        RunningAndReady,
    }

    /// <summary>Says that an instance has messages.</summary>
    public void Signal(string instanceId)
    {
        lock (_lock)
        {
            if (!_instances.TryGetValue(instanceId, out var progress))
            {
                _instances.Add(instanceId, Progress.Queued);
                _ready.Writer.TryWrite(instanceId);
            }
            else if (progress == Progress.Running)
            {
                _instances[instanceId] = Progress.RunningAndReady;
            }
        }
    }

    public void Start(CancellationToken stopping) =>
        _running = Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(() => WorkAsync(stopping), CancellationToken.None)));

    /// <summary>Ends when the turns that run have ended.</summary>
    public Task Stopped => _running;

    private async Task WorkAsync(CancellationToken stopping)
    {
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                var instanceId = await _ready.Reader.ReadAsync(stopping);
                lock (_lock)
                    _instances[instanceId] = Progress.Running;
                await runTurn(instanceId, stopping);
                Finish(instanceId);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // What is still queued is on disk, and queued again at the next start.
        }
    }

    private void Finish(string instanceId)
    {
        lock (_lock)
        {
            if (_instances[instanceId] == Progress.Running)
            {
                _instances.Remove(instanceId);
                return;
            }
            _instances[instanceId] = Progress.Queued;
            _ready.Writer.TryWrite(instanceId);
        }
    }
}
