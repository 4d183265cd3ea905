using Hybrid.LimiterSimulation;

namespace Hybrid.Bench.Dispatch;

/// <summary>What happens when, in simulated time.</summary>
internal sealed class Timeline(SimulatedClock clock)
{
    private readonly PriorityQueue<Action, TimeSpan> _events = new();

    public void After(TimeSpan delay, Action happens) => _events.Enqueue(happens, clock.Now + delay);

    public void RunToEnd()
    {
        while (_events.TryDequeue(out var happens, out var at))
        {
            clock.Now = at;
            happens();
        }
    }
}
