using FsCheck;
using FsCheck.Fluent;
using Hybrid.Orchestrations.Caching.AbsentIds;

namespace Hybrid.Orchestrations.Tests.Caching;

public sealed class BloomFilterTests
{
    [Fact]
    public void Entries_ThatWereAdded_AreNeverDenied() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<NonNull<string>[]>(),
            entries =>
            {
                // Far too small on purpose: it may be wrong about others, never about these.
                var filter = new BloomFilter(4, 0.1);
                Array.ForEach(entries, entry => filter.Add(entry.Get));
                return entries.All(entry => filter.MayContain(entry.Get));
            }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(1_000, 0.01)]
    [InlineData(10_000, 0.001)]
    [InlineData(100_000, 0.05)]
    public void Entries_ThatWereNot_AreDeniedButForTheChosenShare(int capacity, double rate)
    {
        var filter = new BloomFilter(capacity, rate);
        for (var i = 0; i < capacity; i++)
        {
            filter.Add($"tenant/there-{i}");
        }

        const int lookups = 200_000;
        var wrong = Enumerable.Range(0, lookups).Count(i => filter.MayContain($"tenant/absent-{i}"));

        // Within five standard deviations of the formula, and of what rounding to whole hashes changes.
        var deviation = Math.Sqrt(lookups * rate * (1 - rate));
        Assert.InRange(wrong, (lookups * rate * 0.8) - (5 * deviation), (lookups * rate * 1.2) + (5 * deviation));
    }

    [Fact]
    public void Size_IsTheFormulas()
    {
        var filter = new BloomFilter(100_000, 0.001);

        // 14.378 bits an entry, ten hashes.
        Assert.InRange(filter.Bits, 1_437_759, 1_437_759 + 64);
        Assert.Equal(10, filter.Hashes);
    }

    [Fact]
    public async Task Entries_AddedByManyAtOnce_AreAllThere()
    {
        var filter = new BloomFilter(10_000, 0.01);
        await Parallel.ForAsync(0, 10_000, (i, _) =>
        {
            filter.Add($"{i}");
            return ValueTask.CompletedTask;
        });

        Assert.All(Enumerable.Range(0, 10_000), i => Assert.True(filter.MayContain($"{i}")));
    }
}
