using FsCheck;
using FsCheck.Fluent;
using Hybrid.Orchestrations.Budgets;

namespace Hybrid.Orchestrations.Tests.Budgets;

public sealed class StageBudgetTests
{
    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly StageShares Defaults = new BudgetOptions().ToShares();

    [Theory]
    [InlineData(0, 3000)]
    [InlineData(1, 2400)]
    [InlineData(2, 1920)]
    [InlineData(3, 1536)]
    public void ForStage_WithTimeToSpare_IsBaseTimesFactorToTheStage(int stage, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), StageBudget.Start(Begin, TimeSpan.FromSeconds(30), Defaults).ForStage(stage, Begin));

    [Fact]
    public void ForStage_NearTheDeadline_IsWhatIsLeftLessTheGrace() =>
        Assert.Equal(TimeSpan.FromMilliseconds(450), StageBudget.Start(Begin, TimeSpan.FromMilliseconds(500), Defaults).ForStage(0, Begin));

    [Theory]
    [InlineData(30_000 - 50)]
    [InlineData(30_000)]
    [InlineData(60_000)]
    public void ForStage_WithNothingButGraceLeft_IsZero(int elapsed) =>
        Assert.Equal(TimeSpan.Zero, StageBudget.Start(Begin, TimeSpan.FromSeconds(30), Defaults).ForStage(0, Begin.AddMilliseconds(elapsed)));

    [Fact]
    public void More_OfWhatIsLeft_IsGrantedAndNoMore()
    {
        var budget = StageBudget.Start(Begin, TimeSpan.FromSeconds(10), Defaults);

        Assert.Equal(TimeSpan.FromSeconds(4), budget.More(TimeSpan.FromSeconds(4), Begin.AddSeconds(3)));
        Assert.Equal(TimeSpan.FromMilliseconds(6950), budget.More(TimeSpan.FromHours(1), Begin.AddSeconds(3)));
        Assert.Equal(TimeSpan.Zero, budget.More(TimeSpan.FromHours(1), Begin.AddSeconds(10)));
    }

    [Fact]
    public void Grant_IsWholeMilliseconds_RoundedDown() =>
        Assert.Equal(
            TimeSpan.FromMilliseconds(449),
            StageBudget.Start(Begin, TimeSpan.FromMicroseconds(499_900), Defaults).ForStage(0, Begin));

    [Fact]
    public void Stages_WhateverTheyUse_NeverOverrunTheDeadline() =>
        Prop.ForAll(Plans(), plan =>
        {
            var budget = StageBudget.Start(Begin, plan.Total, plan.Shares);
            var now = Begin;
            for (var stage = 0; stage < plan.Used.Length; stage++)
            {
                var share = budget.ForStage(stage, now);
                var afterGrace = budget.Left(now) - plan.Shares.Grace;
                if (share > plan.Shares.Of(stage) || share < TimeSpan.Zero || share > TimeSpan.Zero && share > afterGrace)
                {
                    return false;
                }

                // A stage uses some of its time, or all of it and then as much again as it can get.
                now += plan.Used[stage] <= 1 ? plan.Used[stage] * share : share;
                now += plan.Used[stage] > 1 ? budget.More(share, now) : TimeSpan.Zero;
            }

            return now <= budget.Deadline;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Stage_ThatEndsEarly_GivesItsTimeBack() =>
        Prop.ForAll(Plans(), plan =>
        {
            var budget = StageBudget.Start(Begin, plan.Total, plan.Shares);
            var share = budget.ForStage(0, Begin);
            var early = budget.ForStage(1, Begin + (share / 2));
            var late = budget.ForStage(1, Begin + share);
            return early >= late;
        }).QuickCheckThrowOnFailure();

    private sealed record Plan(TimeSpan Total, StageShares Shares, double[] Used);

    private static Arbitrary<Plan> Plans() => Arb.From(
        from total in Gen.Choose(0, 600_000)
        from baseMs in Gen.Choose(1, 60_000)
        from factor in Gen.Choose(1, 300)
        from grace in Gen.Choose(0, 1000)
        from used in Gen.Choose(0, 150).Select(percent => percent / 100.0).ArrayOf(6)
        select new Plan(TimeSpan.FromMilliseconds(total), new StageShares(baseMs, factor / 100.0, grace), used));
}
