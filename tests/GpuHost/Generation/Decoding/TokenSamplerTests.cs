using FsCheck;
using FsCheck.Fluent;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tasks;
using Hybrid.GpuHost.Generation.Decoding;

namespace Hybrid.GpuHost.Tests.Generation.Decoding;

public sealed class TokenSamplerTests
{
    private static readonly Gen<float[]> Logits =
        Gen.NonEmptyListOf(Gen.Choose(-2000, 2000).Select(value => value / 100f)).Select(list => list.ToArray());

    [Fact]
    public void Choose_Greedy_IsTheFirstOfTheLargest() => Prop.ForAll(Logits.ToArbitrary(), logits =>
        new TokenSampler(new Sampling()).Choose(logits) == Array.IndexOf(logits, logits.Max())).QuickCheckThrowOnFailure();

    [Fact]
    public void Choose_TopK_IsNeverBelowTheKLargest() => Prop.ForAll(Logits.ToArbitrary(), Gen.Choose(1, 5).ToArbitrary(), (logits, k) =>
    {
        var smallest = logits.OrderDescending().Take(k).Last();
        var sampler = new TokenSampler(new Sampling(Temperature: 2, TopK: k, Seed: k));
        return Enumerable.Range(0, 20).All(_ => logits[sampler.Choose(logits)] >= smallest);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Choose_TopP_StaysInTheSmallestSetThatReachesIt() => Prop.ForAll(Logits.ToArbitrary(), Gen.Choose(1, 99).ToArbitrary(), (logits, percent) =>
    {
        var sampler = new TokenSampler(new Sampling(Temperature: 1, TopP: percent / 100f, Seed: percent));
        var likelier = logits.Select(logit => logits.Where(other => other > logit).Sum(other => Math.Exp(other - logits.Max()))).ToArray();
        var all = logits.Sum(logit => Math.Exp(logit - logits.Max()));
        // A token is in the set if those likelier than it do not reach p yet; a hair of tolerance for float sums.
        return Enumerable.Range(0, 20).All(_ => likelier[sampler.Choose(logits)] < (percent / 100.0 * all) + (1e-5 * all));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Choose_SameSeed_SameTokens() => Prop.ForAll(Logits.ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(), (logits, seed) =>
    {
        var one = new TokenSampler(new Sampling(Temperature: 1, Seed: seed));
        var other = new TokenSampler(new Sampling(Temperature: 1, Seed: seed));
        return Enumerable.Range(0, 20).All(_ => one.Choose(logits) == other.Choose(logits));
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(1f, 0, 1f)]
    [InlineData(0.5f, 0, 1f)]
    [InlineData(1f, 2, 1f)]
    [InlineData(1f, 0, 0.8f)]
    public void Choose_ManyTimes_FollowsTheSoftmaxOfWhatIsLeft(float temperature, int topK, float topP)
    {
        float[] logits = [1, 2, 0, 3];
        var sampler = new TokenSampler(new Sampling(temperature, topP, topK, Seed: 42));
        var drawn = new int[logits.Length];
        const int Draws = 40_000;
        for (var i = 0; i < Draws; i++)
        {
            drawn[sampler.Choose(logits)]++;
        }

        // By hand: 3 and 2 are kept by k = 2, and by p = 0.8 (0.644 alone is less, 0.881 together is more).
        var kept = topK == 2 || topP < 1 ? new[] { 1, 3 } : [0, 1, 2, 3];
        var sum = kept.Sum(token => Math.Exp(logits[token] / temperature));
        for (var token = 0; token < logits.Length; token++)
        {
            var expected = kept.Contains(token) ? Math.Exp(logits[token] / temperature) / sum : 0;
            Assert.Equal(expected, drawn[token] / (double)Draws, 0.012);
        }
    }

    [Fact]
    public void Choose_Seed_MeansTheSameEverywhere()
    {
        var sampler = new TokenSampler(new Sampling(Temperature: 1, Seed: 7));

        // SplitMix64 of 7, over eight equal tokens: the first three bits of each number.
        Assert.Equal([3, 0, 7, 4], Enumerable.Range(0, 4).Select(_ => sampler.Choose(new float[8])));
    }

    [Fact]
    public void Choose_NoNumbers_IsInternal()
    {
        var exception = Assert.Throws<HybridException>(() => new TokenSampler(new Sampling()).Choose([1, float.NaN, 2]));

        Assert.Equal(ErrorCode.Internal, exception.Error.Code);
    }
}
