using Hybrid.GpuHost.Telemetry;

namespace Hybrid.GpuHost.Batching;

/// <summary>A priority level of one queue: its policy in ticks of the clock, and how many places of it are taken.</summary>
internal sealed class QueueLevel(int number, QueuePolicy policy)
{
    private PaddedCounter _taken;

    /// <summary>From 1, the highest.</summary>
    public int Number => number;

    public QueuePolicy Policy => policy;

    /// <summary>Items that wait or run.</summary>
    public int Taken => _taken.Value;

    /// <summary>Takes all of these places, or none.</summary>
    public bool TryTake(int places)
    {
        if (_taken.Add(places) <= policy.MaxQueueSize)
        {
            return true;
        }

        GiveBack(places);
        return false;
    }

    public void GiveBack(int places) => _taken.Add(-places);
}
