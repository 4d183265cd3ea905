using FsCheck;
using FsCheck.Fluent;
using Hybrid.Load;

namespace Hybrid.Bench.Tests.Load;

public sealed class HistogramTests
{
    private static readonly Arbitrary<long[]> Times = Gen.OneOf(
            Gen.Choose(0, 1000).Select(x => (long)x),
            Gen.Choose(0, int.MaxValue).Select(x => (long)x),
            Gen.Choose(0, 1_000_000).Select(x => x * 1_000_000L))
        .ArrayOf().Where(times => times.Length > 0).ToArbitrary();

    private static readonly double[] Shares = [0, 0.01, 0.5, 0.9, 0.99, 0.999, 1];

    [Fact]
    public void Percentile_OfAnyTimes_IsWithinOnePerCentOfTheSortedArrays() =>
        Prop.ForAll(Times, times =>
        {
            var histogram = Of(times);
            long[] sorted = [.. times.Order()];
            Assert.All(Shares, share =>
            {
                var exact = sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
                // A TimeSpan cuts to 100 ns.
                Assert.InRange(histogram.Percentile(share).TotalNanoseconds, (exact * 0.99) - 100, exact * 1.01);
            });
            Assert.Equal(sorted[^1] / 100, histogram.Max.Ticks);
            Assert.Equal(times.Length, histogram.Count);
            Assert.InRange(histogram.Mean.TotalNanoseconds, (times.Average() * 0.999999) - 101, (times.Average() * 1.000001) + 1);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Add_OfTwo_IsAsIfOneHadSeenAll() =>
        Prop.ForAll(Times, Times, (a, b) =>
        {
            var (sum, all) = (Of(a), Of([.. a, .. b]));
            sum.Add(Of(b));
            Assert.All(Shares, share => Assert.Equal(all.Percentile(share), sum.Percentile(share)));
            Assert.Equal((all.Count, all.Max, all.Mean), (sum.Count, sum.Max, sum.Mean));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Record_OutsideTheRange_StaysInIt()
    {
        var histogram = Of([-1, long.MaxValue / 2]);
        Assert.Equal(TimeSpan.Zero, histogram.Percentile(0.5));
        Assert.Equal(histogram.Max, histogram.Percentile(1));
        Assert.Equal(TimeSpan.Zero, new Histogram().Percentile(0.99));
    }

    private static Histogram Of(long[] times)
    {
        var histogram = new Histogram();
        Array.ForEach(times, histogram.Record);
        return histogram;
    }
}
