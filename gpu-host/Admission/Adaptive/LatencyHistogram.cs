using System.Numerics;
using System.Numerics.Tensors;

namespace Hybrid.GpuHost.Admission.Adaptive;

/// <summary>
/// Counts of latencies in buckets whose width grows with the value: 16 to every doubling, so that a quantile is at most 1/32 off,
/// from 100 ns to 114 minutes (longer counts as that), in 2 KB. Recording takes no lock; everything else is for one thread at a time.
/// </summary>
public sealed class LatencyHistogram
{
    private const int SubBits = 4;
    private const int SubBuckets = 1 << SubBits;
    private const int ValueBits = 36;
    private const int Buckets = ((ValueBits - SubBits) << SubBits) + SubBuckets;

    private readonly int[] _counts = new int[Buckets];

    /// <summary>How many latencies are in it.</summary>
    public int Count => TensorPrimitives.Sum<int>(_counts);

    public void Record(TimeSpan latency) => Interlocked.Increment(ref _counts[BucketOf(latency.Ticks)]);

    public void Record(TimeSpan latency, int times) => Interlocked.Add(ref _counts[BucketOf(latency.Ticks)], times);

    /// <summary>The smallest latency that at least this share of all lie at or below, to 1/32; zero when there is none.</summary>
    /// <param name="quantile">0 to 1.</param>
    public TimeSpan Quantile(double quantile)
    {
        var rank = Math.Max(1, (long)Math.Ceiling(quantile * Count));
        long seen = 0;
        for (var bucket = 0; bucket < Buckets; bucket++)
        {
            seen += _counts[bucket];
            if (seen >= rank)
            {
                return MiddleOf(bucket);
            }
        }

        return TimeSpan.Zero;
    }

    /// <summary>How many took longer, to 1/16: those in the same bucket did not.</summary>
    public int CountAbove(TimeSpan latency) => TensorPrimitives.Sum<int>(_counts.AsSpan(BucketOf(latency.Ticks) + 1));

    public void Add(LatencyHistogram other) => TensorPrimitives.Add(_counts, other._counts, _counts);

    public void Subtract(LatencyHistogram other) => TensorPrimitives.Subtract(_counts, other._counts, _counts);

    public void CopyFrom(LatencyHistogram other) => other._counts.CopyTo(_counts.AsSpan());

    public void Clear() => Array.Clear(_counts);

    // Values below 16 have a bucket each; above, the exponent names the group of 16 and the four bits after the leading one the bucket in it.
    private static int BucketOf(long ticks)
    {
        var value = (ulong)Math.Clamp(ticks, 0, (1L << ValueBits) - 1);
        var shift = Math.Max(0, BitOperations.Log2(value) - SubBits);
        return (shift << SubBits) + (int)(value >> shift);
    }

    private static TimeSpan MiddleOf(int bucket)
    {
        var shift = Math.Max(0, (bucket >> SubBits) - 1);
        var lowest = (long)(bucket - (shift << SubBits)) << shift;
        return TimeSpan.FromTicks(lowest + (((1L << shift) - 1) / 2));
    }
}
