namespace Hybrid.GpuHost.Telemetry;

/// <summary>How many requests of a model wait for the device, and how many are on it.</summary>
internal sealed class QueueCounts
{
    private int _waiting;
    private int _running;

    public int Waiting => Volatile.Read(ref _waiting);

    public int Running => Volatile.Read(ref _running);

    public void Move(int waiting, int running)
    {
        Interlocked.Add(ref _waiting, waiting);
        Interlocked.Add(ref _running, running);
    }
}

/// <summary>One request's way through the queue. It waits; once begun it runs; disposed it is over, whichever it was.</summary>
public sealed class QueuePass : IDisposable
{
    private const int Waiting = 0;
    private const int Running = 1;
    private const int Over = 2;

    private readonly QueueCounts _counts;
    private int _state = Waiting;

    internal QueuePass(QueueCounts counts)
    {
        _counts = counts;
        counts.Move(waiting: 1, running: 0);
    }

    /// <summary>Its first item reached the device. Nothing happens when it is over already.</summary>
    public void Begin()
    {
        if (Interlocked.CompareExchange(ref _state, Running, Waiting) == Waiting)
        {
            _counts.Move(waiting: -1, running: 1);
        }
    }

    public void Dispose()
    {
        var state = Interlocked.Exchange(ref _state, Over);
        _counts.Move(state == Waiting ? -1 : 0, state == Running ? -1 : 0);
    }
}
