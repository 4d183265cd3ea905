using System.Numerics;

namespace Hybrid.Orchestrations.Dispatch.Hedging;

/// <summary>
/// The 95th percentile of recent durations. Two histograms with sixteen buckets an octave (an error of 6 % at most) take turns:
/// the one fills while the other remembers. Recording allocates nothing. Safe for any number of callers at once.
/// </summary>
internal sealed class LatencyWindow(TimeProvider time)
{
    /// <summary>A histogram is kept this long at least, so that an estimate is of the last 10 to 20 s under load.</summary>
    public static readonly TimeSpan Turn = TimeSpan.FromSeconds(10);

    /// <summary>Durations that make an estimate: of twenty, one lies beyond the 95th percentile.</summary>
    public const int Fewest = 20;

    private const int Steps = 16;
    private const int StepBits = 4;
    private const int Octaves = 32;

    // An estimate costs a walk over all buckets; made once in so many durations it costs next to nothing.
    private const int Between = 8;

    private readonly Lock _lock = new();
    private int[] _filling = new int[Steps * Octaves];
    private int[] _remembering = new int[Steps * Octaves];
    private long _turnedAt = time.GetTimestamp();
    private int _count;
    private int _remembered;
    private long _p95;

    /// <summary>Null until there are enough durations.</summary>
    public TimeSpan? P95 => Volatile.Read(ref _p95) is > 0 and var ticks ? TimeSpan.FromTicks(ticks) : null;

    public void Record(TimeSpan duration)
    {
        lock (_lock)
        {
            if (_count >= Fewest && time.GetElapsedTime(_turnedAt) >= Turn)
            {
                (_filling, _remembering) = (_remembering, _filling);
                (_remembered, _count) = (_count, 0);
                Array.Clear(_filling);
                _turnedAt = time.GetTimestamp();
            }

            _filling[BucketOf(duration)]++;
            _count++;
            var all = _count + _remembered;
            if (all >= Fewest && (all == Fewest || _count % Between == 0))
            {
                Volatile.Write(ref _p95, Estimate((int)Math.Ceiling(0.95 * all)).Ticks);
            }
        }
    }

    private TimeSpan Estimate(int rank)
    {
        var bucket = 0;
        for (var seen = 0; ; bucket++)
        {
            seen += _filling[bucket] + _remembering[bucket];
            if (seen >= rank)
            {
                return UpperEnd(bucket);
            }
        }
    }

    // Microseconds with their five leading bits kept: below 32 exact, above it sixteen steps for each power of two.
    private static int BucketOf(TimeSpan duration)
    {
        var microseconds = (ulong)Math.Max(0, duration.Ticks / TimeSpan.TicksPerMicrosecond);
        var shift = Math.Max(0, BitOperations.Log2(microseconds | 1) - StepBits);
        return (int)Math.Min((Steps * (ulong)shift) + (microseconds >> shift), (Steps * Octaves) - 1);
    }

    private static TimeSpan UpperEnd(int bucket)
    {
        var shift = Math.Max(0, (bucket / Steps) - 1);
        return TimeSpan.FromMicroseconds((double)((ulong)(bucket - (Steps * shift) + 1) << shift));
    }
}
