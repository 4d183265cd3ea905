namespace Hybrid.GpuHost.Admission.Adaptive;

/// <summary>
/// When the requests in flight become slow, to a tenth of a second. A server that hangs completes nothing, so only those still in
/// flight can tell of it. Entering and leaving touch the same counter, hence no race can make the counts drift; a request that is
/// overdue by more than 70 s shares its counter with younger ones and is taken for one of them.
/// </summary>
internal sealed class DueCounts
{
    private const int Slots = 1024;
    private const int FutureSlots = 300;
    private const long SlotTicks = TimeSpan.TicksPerSecond / 10;

    private readonly int[] _counts = new int[Slots];

    /// <summary>Counts a request that begins.</summary>
    /// <param name="now">The time.</param>
    /// <param name="due">How long it may take; more than 30 s counts as that.</param>
    /// <returns>Its slot, for <see cref="Leave"/>.</returns>
    public int Enter(TimeSpan now, TimeSpan due)
    {
        var slot = (int)(((now.Ticks / SlotTicks) + Math.Min(due.Ticks / SlotTicks, FutureSlots)) % Slots);
        Interlocked.Increment(ref _counts[slot]);
        return slot;
    }

    public void Leave(int slot) => Interlocked.Decrement(ref _counts[slot]);

    /// <summary>Records all that are surely overdue, at a bucket over <paramref name="slow"/> and what has passed since.</summary>
    /// <param name="slow">What is too long; <see cref="TimeSpan.MaxValue"/> while nobody knows, and then nothing is overdue.</param>
    /// <param name="now">The time.</param>
    /// <param name="into">Gets them.</param>
    public void RecordOverdue(TimeSpan slow, TimeSpan now, LatencyHistogram into)
    {
        if (slow == TimeSpan.MaxValue)
        {
            return;
        }

        var current = now.Ticks / SlotTicks;

        // Both the begin and the time allowed were rounded down to a slot: the last two may not be over yet.
        for (var back = 2; back < Slots - FutureSlots && back <= current; back++)
        {
            var count = Volatile.Read(ref _counts[(current - back) % Slots]);
            if (count > 0)
            {
                into.Record((slow * (1 + (1.0 / 16))) + TimeSpan.FromTicks((back - 2) * SlotTicks), count);
            }
        }
    }
}
