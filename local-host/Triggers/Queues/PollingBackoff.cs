namespace Hybrid.LocalHost.Triggers.Queues;

/// <summary>How long to wait before looking into a queue again: doubled each time that it was empty, from 100 ms up to a longest wait.</summary>
internal sealed class PollingBackoff(TimeSpan longest)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);

    private TimeSpan _next = Shortest;

    public TimeSpan Next()
    {
        var wait = _next;
        _next = TimeSpan.FromTicks(Math.Min(_next.Ticks * 2, longest.Ticks));
        return wait;
    }

    public void Reset() => _next = Shortest;
}
