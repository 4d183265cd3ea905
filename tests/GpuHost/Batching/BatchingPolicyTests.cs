using FsCheck;
using FsCheck.Fluent;
using Hybrid.GpuHost.Batching;

namespace Hybrid.GpuHost.Tests.Batching;

public sealed class BatchingPolicyTests
{
    private const int MaxItems = 8;
    private const int MaxTokens = 1000;
    private const long Delay = 50;
    private const long Now = 1000;

    private static readonly BatchingPolicy Policy = new(MaxItems, MaxTokens, Delay);

    // What may be waiting at the time 1000: lengths of every class, ages from fresh to long due.
    private static readonly Arbitrary<Waiting[]> AnyWaiting = Gen.Choose(1, 600)
        .SelectMany(tokens => Gen.Choose(900, (int)Now), (tokens, at) => (tokens, at))
        .SelectMany(item => Gen.OneOf(Gen.Constant(long.MaxValue), Gen.Choose((int)Now, (int)Now + 100).Select(deadline => (long)deadline)),
            (item, deadline) => new Waiting(item.tokens, item.at, deadline))
        .ArrayOf()
        .Select(items => items.OrderBy(item => item.EnqueuedAt).ToArray())
        .ToArbitrary();

    [Fact]
    public void Decide_AnyWaiting_StaysInsideTheLimits() => Prop.ForAll(AnyWaiting, waiting =>
    {
        var batch = Policy.Decide(waiting, Now).Batch;
        var longest = batch.Select(index => waiting[index].Tokens).DefaultIfEmpty(0).Max();
        return batch.Count <= MaxItems && (batch.Count <= 1 || longest * batch.Count <= MaxTokens);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Decide_AnyWaiting_TakesEachAtMostOnceInOrder() => Prop.ForAll(AnyWaiting, waiting =>
    {
        var batch = Policy.Decide(waiting, Now).Batch;
        return batch.SequenceEqual(batch.Distinct().Order()) && batch.All(index => index >= 0 && index < waiting.Length);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Decide_AnyWaiting_PadsNoItemByMoreThanHalf() => Prop.ForAll(AnyWaiting, waiting =>
    {
        int[] lengths = [.. Policy.Decide(waiting, Now).Batch.Select(index => waiting[index].Tokens)];
        return lengths.Length == 0 || lengths.Max() <= 16 || lengths.Max() <= (lengths.Min() * 3 / 2) + 1;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Decide_NothingDue_NamesTheTimeWhenSomethingIs() => Prop.ForAll(AnyWaiting, waiting =>
    {
        var decision = Policy.Decide(waiting, Now);
        return decision.Batch.Count > 0
            || (waiting.Length == 0 && decision.DueAt == long.MaxValue)
            || (decision.DueAt > Now && Policy.Decide(waiting, decision.DueAt).Batch.Count > 0);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Decide_NoDelay_TakesTheOldestFirstAndEmptiesTheQueue() => Prop.ForAll(AnyWaiting, waiting =>
    {
        var policy = new BatchingPolicy(MaxItems, MaxTokens, maxDelay: 0);
        var left = waiting.ToList();
        while (left.Count > 0)
        {
            var batch = policy.Decide(left, Now).Batch;
            if (batch.Count == 0 || batch[0] != 0)
            {
                return false;
            }

            foreach (var index in batch.Reverse())
            {
                left.RemoveAt(index);
            }
        }

        return true;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Decide_DeadlineInsideTheDelay_DoesNotWait()
    {
        Assert.Empty(Policy.Decide([new Waiting(10, Now, Now + 60)], Now).Batch);
        Assert.Equal([0], Policy.Decide([new Waiting(10, Now, Now + 40)], Now).Batch);
    }

    [Fact]
    public void Decide_FullBucket_DoesNotWait() =>
        Assert.Equal(MaxItems, Policy.Decide([.. Enumerable.Repeat(new Waiting(10, Now, long.MaxValue), MaxItems + 3)], Now).Batch.Count);

    [Fact]
    public void Decide_ItemOverTheTokenLimit_GoesAlone() =>
        Assert.Equal([0], new BatchingPolicy(MaxItems, MaxTokens, 0).Decide([new Waiting(5000, Now, long.MaxValue), new Waiting(5000, Now, long.MaxValue)], Now).Batch);

    [Fact]
    public void Decide_ShortBehindLong_AreNotPaddedTogether() =>
        Assert.Equal([0, 2], new BatchingPolicy(MaxItems, MaxTokens, 0).Decide(
            [new Waiting(200, 1, long.MaxValue), new Waiting(5, 2, long.MaxValue), new Waiting(220, 3, long.MaxValue)], Now).Batch);

    [Fact]
    public void Buckets_AllLengths_AreOrderedClasses() => Prop.ForAll(Gen.Choose(1, 1 << 20).ToArbitrary(), tokens =>
        LengthBuckets.Of(tokens) <= LengthBuckets.Of(tokens + 1) && LengthBuckets.Of(tokens) < LengthBuckets.Count).QuickCheckThrowOnFailure();
}
