namespace Hybrid.GpuHost.Batching;

/// <summary>
/// How fast a queue empties while its lanes are busy, of the last batches. Idle time is no part of it: a queue that is full is not idle.
/// </summary>
internal sealed class DrainRate(int lanes)
{
    // Some twenty batches count: enough to even out their sizes, few enough to follow a model that gets slower.
    private const double Kept = 0.95;

    private readonly Lock _lock = new();
    private double _items;
    private double _seconds;

    public void Add(int items, TimeSpan computed)
    {
        lock (_lock)
        {
            _items = (_items * Kept) + items;
            _seconds = (_seconds * Kept) + computed.TotalSeconds;
        }
    }

    /// <summary>How long the lanes need for this many items; null while nothing was computed yet.</summary>
    public TimeSpan? TimeFor(int items)
    {
        lock (_lock)
        {
            return _items > 0 ? TimeSpan.FromSeconds(items * _seconds / _items / lanes) : null;
        }
    }
}
