namespace Hybrid.LocalHost.Durable.Engine;

/// <summary>The activities that run now, so that those of a terminated instance can be cancelled.</summary>
internal sealed class RunningActivities
{
    private readonly Dictionary<string, HashSet<Entry>> _byInstance = [];
    private readonly Lock _lock = new();

    public Entry Begin(string instanceId, CancellationToken stopping)
    {
        var entry = new Entry(this, instanceId, stopping);
        lock (_lock)
        {
            if (!_byInstance.TryGetValue(instanceId, out var entries))
                _byInstance.Add(instanceId, entries = []);
            entries.Add(entry);
        }
        return entry;
    }

    public void Cancel(string instanceId)
    {
        Entry[] entries;
        lock (_lock)
            entries = _byInstance.TryGetValue(instanceId, out var found) ? [.. found] : [];
        foreach (var entry in entries)
            entry.Cancel();
    }

    private void End(Entry entry)
    {
        lock (_lock)
        {
            var entries = _byInstance[entry.InstanceId];
            entries.Remove(entry);
            if (entries.Count == 0)
                _byInstance.Remove(entry.InstanceId);
        }
    }

    /// <summary>Lives as long as the activity runs.</summary>
    public sealed class Entry : IDisposable
    {
        private readonly RunningActivities _owner;
        private readonly CancellationTokenSource _cancellation;
        internal Entry(RunningActivities owner, string instanceId, CancellationToken stopping)
        {
            _owner = owner;
            _cancellation = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            InstanceId = instanceId;
        }

        public string InstanceId { get; }

        public CancellationToken Token => _cancellation.Token;

        public void Dispose()
        {
            _owner.End(this);
            _cancellation.Dispose();
        }

        internal void Cancel()
        {
            try
            {
                // Callbacks of the activity's code run on the pool, not on the writer's thread.
                _ = _cancellation.CancelAsync();
            }
            catch (ObjectDisposedException)
            {
                // It has just ended.
            }
        }
    }
}
