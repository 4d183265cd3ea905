using FsCheck;
using FsCheck.Fluent;
using Hybrid.GpuHost.Admission.Adaptive;

namespace Hybrid.GpuHost.Tests.Admission.Adaptive;

public sealed class LatencyHistogramTests
{
    // From 0 to 2^35 ticks (57 minutes), every magnitude as likely as every other.
    private static readonly Arbitrary<long[]> Latencies = Gen.Choose(0, 34)
        .SelectMany(bits => Gen.Choose(0, int.MaxValue), (bits, low) => (1L << bits) + (low % (1L << bits)))
        .NonEmptyListOf()
        .Select(list => list.ToArray())
        .ToArbitrary();

    [Fact]
    public void Quantile_OfAnySamples_IsWithinAThirtySecondOfTheExactOne() =>
        Prop.ForAll(Latencies, Gen.Choose(0, 1000).ToArbitrary(), (latencies, thousandth) =>
        {
            var histogram = Of(latencies);
            var quantile = thousandth / 1000.0;
            var exact = latencies.Order().ElementAt(Math.Max(1, (int)Math.Ceiling(quantile * latencies.Length)) - 1);
            var found = histogram.Quantile(quantile).Ticks;
            return Math.Abs(found - exact) <= exact / 32.0;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void CountAbove_OfAnySamples_IsRightOutsideOfOneBucket() =>
        Prop.ForAll(Latencies, Latencies, (latencies, limits) =>
        {
            var (histogram, limit) = (Of(latencies), limits[0]);
            var found = histogram.CountAbove(TimeSpan.FromTicks(limit));
            return found <= latencies.Count(latency => latency > limit) && found >= latencies.Count(latency => latency > limit * (1 + (1.0 / 16)));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void AddAndSubtract_OfAnySamples_LeaveWhatWasThere() =>
        Prop.ForAll(Latencies, Latencies, (mine, others) =>
        {
            var histogram = Of(mine);
            histogram.Add(Of(others));
            var together = histogram.Count == mine.Length + others.Length && Same(histogram, Of([.. mine, .. others]));
            histogram.Subtract(Of(others));
            return together && Same(histogram, Of(mine));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Quantile_OfNothing_IsZero() => Assert.Equal(TimeSpan.Zero, new LatencyHistogram().Quantile(0.95));

    [Fact]
    public void Record_BeyondTheRange_CountsAtItsEnds()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(TimeSpan.FromTicks(-5));
        histogram.Record(TimeSpan.MaxValue);

        Assert.Equal(2, histogram.Count);
        Assert.Equal(TimeSpan.Zero, histogram.Quantile(0));
        Assert.InRange(histogram.Quantile(1), TimeSpan.FromMinutes(110), TimeSpan.FromMinutes(115));
    }

    [Fact]
    public void Record_FromManyThreads_LosesNone()
    {
        var histogram = new LatencyHistogram();

        Parallel.For(0, 100_000, i => histogram.Record(TimeSpan.FromMilliseconds(i % 7)));

        Assert.Equal(100_000, histogram.Count);
    }

    [Fact]
    public void Ring_AfterAnyAdds_HoldsTheLastOnesOnly() =>
        Prop.ForAll(Latencies.Generator.ListOf().ToArbitrary(), Gen.Choose(1, 8).ToArbitrary(), (added, slots) =>
        {
            var ring = new HistogramRing(slots);
            foreach (var latencies in added)
            {
                ring.Add(Of(latencies), TimeSpan.FromSeconds(latencies.Length), latencies.Length * 2);
            }

            long[] kept = [.. added.TakeLast(slots).SelectMany(latencies => latencies)];
            return Same(ring.Sum, Of(kept)) && ring.Duration == TimeSpan.FromSeconds(kept.Length) && ring.Work == kept.Length * 2;
        }).QuickCheckThrowOnFailure();

    private static LatencyHistogram Of(long[] ticks)
    {
        var histogram = new LatencyHistogram();
        foreach (var tick in ticks)
        {
            histogram.Record(TimeSpan.FromTicks(tick));
        }

        return histogram;
    }

    private static bool Same(LatencyHistogram a, LatencyHistogram b) =>
        a.Count == b.Count && Enumerable.Range(0, 101).All(percent => a.Quantile(percent / 100.0) == b.Quantile(percent / 100.0));
}
