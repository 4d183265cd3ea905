namespace Hybrid.LimiterSimulation;

/// <summary>A server of so many lanes and one queue, first come first served.</summary>
public sealed class Lanes
{
    private readonly PriorityQueue<int, long> _freeAt = new();

    public Lanes(int count)
    {
        for (var lane = 0; lane < count; lane++)
        {
            _freeAt.Enqueue(lane, 0);
        }
    }

    /// <summary>When work that comes now will begin: at once, or when the first lane gets free.</summary>
    public TimeSpan NextBegin(TimeSpan now)
    {
        _freeAt.TryPeek(out _, out var free);
        return free > now.Ticks ? TimeSpan.FromTicks(free) : now;
    }

    /// <summary>Takes the lane that <see cref="NextBegin"/> meant.</summary>
    public void Occupy(TimeSpan until) => _freeAt.DequeueEnqueue(_freeAt.Peek(), until.Ticks);
}
