namespace Hybrid.LocalHost.Durable.Engine;

/// <summary>Wakes those who wait for an instance when its status changes, so that nobody polls.</summary>
internal sealed class InstanceWatch
{
    private readonly Dictionary<string, TaskCompletionSource> _changes = [];
    private readonly Lock _lock = new();

    /// <summary>A task that ends with the next change of status. Ask for it BEFORE reading the status.</summary>
    public Task NextChange(string instanceId)
    {
        lock (_lock)
        {
            if (!_changes.TryGetValue(instanceId, out var change))
                _changes.Add(instanceId, change = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            return change.Task;
        }
    }

    public void Changed(string instanceId)
    {
        TaskCompletionSource? change;
        lock (_lock)
            _changes.Remove(instanceId, out change);
        change?.TrySetResult();
    }

    /// <summary>Ends every wait: the engine stops, nothing will change any more.</summary>
    public void Close()
    {
        lock (_lock)
        {
            foreach (var change in _changes.Values)
                change.TrySetException(new Storage.DurableStoreException("The durable engine is stopped."));
            _changes.Clear();
        }
    }
}
