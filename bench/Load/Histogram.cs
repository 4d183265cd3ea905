using System.Numerics;

namespace Hybrid.Load;

/// <summary>
/// Counts of times in classes that are exact below 256 ns and at most 1/128 of their value wide above (log-linear, as HdrHistogram has them):
/// fixed memory of 40 KB, whatever is recorded. For one thread at a time.
/// </summary>
public sealed class Histogram
{
    private const int SubBits = 7;
    private const int ClassesPerOctave = 1 << SubBits;

    /// <summary>Longest time that is told apart: 73 minutes; what is longer counts as this long, but in <see cref="Max"/>.</summary>
    private const long Highest = (1L << 42) - 1;

    private readonly long[] _counts = new long[ClassOf(Highest) + 1];
    private double _sum;
    private long _max;

    public long Count { get; private set; }

    /// <summary>Exact. Zero when nothing was recorded.</summary>
    public TimeSpan Max => FromNanoseconds(_max);

    /// <summary>Exact. Zero when nothing was recorded.</summary>
    public TimeSpan Mean => Count == 0 ? TimeSpan.Zero : FromNanoseconds((long)(_sum / Count));

    /// <summary>Adds one time in nanoseconds; a negative one counts as zero.</summary>
    public void Record(long nanoseconds)
    {
        nanoseconds = Math.Max(0, nanoseconds);
        _counts[ClassOf(Math.Min(nanoseconds, Highest))]++;
        _sum += nanoseconds;
        _max = Math.Max(_max, nanoseconds);
        Count++;
    }

    /// <summary>Adds all that another one has seen.</summary>
    public void Add(Histogram other)
    {
        for (var i = 0; i < _counts.Length; i++)
        {
            _counts[i] += other._counts[i];
        }

        _sum += other._sum;
        _max = Math.Max(_max, other._max);
        Count += other.Count;
    }

    /// <summary>The time that this share of all times does not exceed, within half a per cent. Zero when nothing was recorded.</summary>
    /// <param name="share">0 to 1; 0.99 for the p99.</param>
    public TimeSpan Percentile(double share)
    {
        var rank = Math.Max(1, (long)Math.Ceiling(share * Count));
        var seen = 0L;
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= rank)
            {
                return FromNanoseconds(i == _counts.Length - 1 ? _max : Math.Min(MiddleOf(i), _max));
            }
        }

        return TimeSpan.Zero;
    }

    private static int ClassOf(long value)
    {
        if (value < 2 * ClassesPerOctave)
        {
            return (int)value;
        }

        var shift = BitOperations.Log2((ulong)value) - SubBits;
        return (shift << SubBits) + (int)(value >> shift);
    }

    private static long MiddleOf(int index)
    {
        if (index < 2 * ClassesPerOctave)
        {
            return index;
        }

        var shift = (index >> SubBits) - 1;
        return ((long)(index - (shift << SubBits)) << shift) + ((1L << shift) / 2);
    }

    private static TimeSpan FromNanoseconds(long nanoseconds) => TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
}
