using FsCheck;
using FsCheck.Fluent;
using Hybrid.Orchestrations.Dispatch.Hedging;

namespace Hybrid.Orchestrations.Tests.Dispatch.Hedging;

public sealed class HedgeBudgetTests
{
    [Fact]
    public void Hedges_WhateverCallersDo_AreNoMoreThanTheBurstAndTheirShare() => Prop.ForAll<int[], byte>((steps, percent) =>
    {
        var share = percent % 51 / 100.0;
        var budget = new HedgeBudget(share);
        var (calls, taken) = (0, 0);
        foreach (var step in steps)
        {
            switch (step & 7)
            {
                case 0:
                    budget.Empty();
                    break;
                case <= 3:
                    budget.Deposit();
                    calls++;
                    break;
                default:
                    taken += budget.TryTake() ? 1 : 0;
                    break;
            }
        }

        return taken <= (share > 0 ? HedgeBudget.Burst : 0) + (share * calls) + 1e-6;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task Hedges_OfManyThreads_AreNoMoreThanTheBurstAndTheirShare()
    {
        var budget = new HedgeBudget(0.1);
        var taken = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                budget.Deposit();
                if (budget.TryTake())
                {
                    Interlocked.Increment(ref taken);
                }
            }
        })));

        Assert.InRange(taken, 3990, 4010);
    }

    [Fact]
    public void Overload_TakesWhatWasSaved_AndCallsBringItBack()
    {
        var budget = new HedgeBudget(0.1);
        budget.Empty();
        Assert.False(budget.TryTake());

        for (var i = 0; i < 10; i++)
        {
            budget.Deposit();
        }

        Assert.True(budget.TryTake());
        Assert.False(budget.TryTake());
    }

    [Fact]
    public void Share_OfZero_MeansNone() => Assert.False(new HedgeBudget(0).TryTake());
}
