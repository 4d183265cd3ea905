using FsCheck;
using FsCheck.Fluent;
using Hybrid.GpuHost.Models.Routing;

namespace Hybrid.GpuHost.Tests.Models.Routing;

public sealed class TrafficSplitTests
{
    [Fact]
    public void Next_AnyPercentOfAnyNumber_IsRightToAFewRequests() =>
        Prop.ForAll(Gen.Choose(0, 100).ToArbitrary(), Gen.Choose(1, 10_000).ToArbitrary(), (percent, requests) =>
            Math.Abs(Picked(percent, requests).Count(picked => picked) - (requests * percent / 100.0)) <= 5)
        .QuickCheckThrowOnFailure();

    // A client that sends every kth request of another kind must not have all of those on one side.
    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(10)]
    [InlineData(64)]
    public void Next_EveryKthRequestAlone_GetsTheSameShare(int k)
    {
        var ofAKind = Picked(10, k * 1000).Where((_, i) => i % k == 0).ToList();

        Assert.InRange(ofAKind.Count(picked => picked), 90, 110);
    }

    [Fact]
    public void Next_FromManyThreads_KeepsTheShare()
    {
        var split = new TrafficSplit(10);
        var picked = 0;

        Parallel.For(0, 100_000, _ => Interlocked.Add(ref picked, split.Next() ? 1 : 0));

        Assert.InRange(picked, 9_990, 10_010);
    }

    private static List<bool> Picked(int percent, int requests)
    {
        var split = new TrafficSplit(percent);
        return Enumerable.Range(0, requests).Select(_ => split.Next()).ToList();
    }
}
