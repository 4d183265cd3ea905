namespace Hybrid.GpuHost.Batching;

/// <summary>A priority level of one queue: its policy in ticks of the clock, and how many places of it are taken.</summary>
internal sealed class QueueLevel(int number, QueuePolicy policy)
{
    private int _taken;

    /// <summary>From 1, the highest.</summary>
    public int Number => number;

    public QueuePolicy Policy => policy;

    /// <summary>Items that wait or run.</summary>
    public int Taken => Volatile.Read(ref _taken);

    /// <summary>Takes all of these places, or none.</summary>
    public bool TryTake(int places)
    {
        if (Interlocked.Add(ref _taken, places) <= policy.MaxQueueSize)
        {
            return true;
        }

        GiveBack(places);
        return false;
    }

    public void GiveBack(int places) => Interlocked.Add(ref _taken, -places);
}
