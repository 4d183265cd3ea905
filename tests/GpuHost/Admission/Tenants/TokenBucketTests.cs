using FsCheck;
using FsCheck.Fluent;
using Hybrid.GpuHost.Admission.Tenants;

namespace Hybrid.GpuHost.Tests.Admission.Tenants;

public sealed class TokenBucketTests
{
    private static readonly Arbitrary<(double Rate, int Burst, int[] Gaps)> Uses =
        (from rate in Gen.Choose(1, 2000)
         from burst in Gen.Choose(1, 20)
         from gaps in Gen.Frequency((2, Gen.Constant(0)), (3, Gen.Choose(0, 50)), (1, Gen.Choose(50, 5000))).ListOf()
         select (rate / 10.0, burst, gaps.ToArray())).ToArbitrary();

    [Fact]
    public void Tokens_BetweenAnyTwoTimes_AreAtMostTheBurstAndWhatCameIn() =>
        Prop.ForAll(Uses, use =>
        {
            var now = TimeSpan.Zero;
            var bucket = new TokenBucket(use.Rate, use.Burst, now);
            var taken = new List<TimeSpan>();
            foreach (var gap in use.Gaps)
            {
                now += TimeSpan.FromMilliseconds(gap);
                if (bucket.TryTake(now, out _))
                {
                    taken.Add(now);
                }
            }

            return Enumerable.Range(0, taken.Count).All(from => Enumerable.Range(from, taken.Count - from).All(to =>
                to - from + 1 <= use.Burst + ((taken[to] - taken[from]).TotalSeconds * use.Rate) + 1e-6));
        }).Check(Config.QuickThrowOnFailure.WithEndSize(60));

    [Fact]
    public void RetryAfter_Waited_GivesAToken() =>
        Prop.ForAll(Uses, use =>
        {
            var now = TimeSpan.Zero;
            var bucket = new TokenBucket(use.Rate, use.Burst, now);
            return use.Gaps.All(gap =>
            {
                now += TimeSpan.FromMilliseconds(gap);
                if (bucket.TryTake(now, out var retryAfter))
                {
                    return retryAfter == TimeSpan.Zero;
                }

                now += retryAfter;
                return retryAfter > TimeSpan.Zero && retryAfter <= TimeSpan.FromSeconds(1 / use.Rate) + TimeSpan.FromTicks(2) && bucket.TryTake(now, out _);
            });
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Clock_ThatStandsStill_GivesTheBurstAndNoMore()
    {
        var bucket = new TokenBucket(rate: 1000, burst: 7, TimeSpan.Zero);

        Assert.Equal(7, Enumerable.Range(0, 100).Count(_ => bucket.TryTake(TimeSpan.Zero, out var _)));
    }
}
