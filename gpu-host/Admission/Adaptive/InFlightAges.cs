namespace Hybrid.GpuHost.Admission.Adaptive;

/// <summary>
/// When the requests in flight began, to a tenth of a second. A server that hangs completes nothing, so only those still in flight can
/// tell of it. Entering and leaving touch the same counter, hence no race can make the counts drift; a request of more than 51 s
/// shares its counter with younger ones and is taken for one of them.
/// </summary>
internal sealed class InFlightAges
{
    private const int Slots = 512;
    private const long SlotTicks = TimeSpan.TicksPerSecond / 10;

    private readonly int[] _counts = new int[Slots];

    /// <summary>Counts a request that begins.</summary>
    /// <returns>Its slot, for <see cref="Leave"/>.</returns>
    public int Enter(TimeSpan now)
    {
        var slot = (int)(now.Ticks / SlotTicks % Slots);
        Interlocked.Increment(ref _counts[slot]);
        return slot;
    }

    public void Leave(int slot) => Interlocked.Decrement(ref _counts[slot]);

    /// <summary>Records the ages of all that are surely older than <paramref name="limit"/>: their latencies will be at least these.</summary>
    public void RecordOlderThan(TimeSpan limit, TimeSpan now, LatencyHistogram into)
    {
        var current = now.Ticks / SlotTicks;
        for (var back = 1; back < Slots && back <= current; back++)
        {
            var count = Volatile.Read(ref _counts[(current - back) % Slots]);
            var age = TimeSpan.FromTicks(now.Ticks - ((current - back + 1) * SlotTicks));
            if (count > 0 && age > limit)
            {
                into.Record(age, count);
            }
        }
    }
}
