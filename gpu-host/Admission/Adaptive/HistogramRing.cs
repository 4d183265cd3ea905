namespace Hybrid.GpuHost.Admission.Adaptive;

/// <summary>
/// The last so many histograms and their sum: a quantile over a sliding window costs one walk over the buckets, however many samples
/// are in it, and no sample is ever kept or sorted. For one thread at a time.
/// </summary>
public sealed class HistogramRing
{
    private readonly LatencyHistogram[] _slots;
    private readonly (TimeSpan Duration, double Work)[] _covered;
    private int _next;

    public HistogramRing(int slots)
    {
        _slots = [.. Enumerable.Range(0, slots).Select(_ => new LatencyHistogram())];
        _covered = new (TimeSpan, double)[slots];
    }

    /// <summary>What the slots hold together.</summary>
    public LatencyHistogram Sum { get; } = new();

    /// <summary>How much time the slots cover together.</summary>
    public TimeSpan Duration { get; private set; }

    /// <summary>The work that was done in it.</summary>
    public double Work { get; private set; }

    /// <summary>Copies a histogram in, in place of the oldest.</summary>
    /// <param name="histogram">What was seen.</param>
    /// <param name="duration">In how much time.</param>
    /// <param name="work">And of how much work.</param>
    public void Add(LatencyHistogram histogram, TimeSpan duration, double work)
    {
        var slot = _slots[_next];
        Sum.Subtract(slot);
        slot.CopyFrom(histogram);
        Sum.Add(slot);
        Duration += duration - _covered[_next].Duration;
        Work += work - _covered[_next].Work;
        _covered[_next] = (duration, work);
        _next = (_next + 1) % _slots.Length;
    }

    public void Clear()
    {
        foreach (var slot in _slots)
        {
            slot.Clear();
        }

        Array.Clear(_covered);
        Sum.Clear();
        Duration = TimeSpan.Zero;
        Work = 0;
    }
}
