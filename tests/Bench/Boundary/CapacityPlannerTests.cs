using Hybrid.Planning;

namespace Hybrid.Bench.Tests.Boundary;

public sealed class CapacityPlannerTests
{
    private const double Service = 0.01;

    [Fact]
    public void Knee_OfMD1_IsWhereTheoryHasIt()
    {
        var planner = new CapacityPlanner([new ServiceTimes([(1, Service)])], p99: 0.1);

        // Throughput ÷ mean time is ρ(1 − ρ)/(2 − ρ) but for constants; its maximum is at 2 − √2. The curve is flat there.
        Assert.InRange(planner.Knee(new PlanSettings(1, 0, 1)) * Service, 0.48, 0.68);
    }

    [Fact]
    public void Plans_WhereABatchCostsAsMuchAsOne_PreferTheLargest()
    {
        var planner = new CapacityPlanner([new ServiceTimes([(1, Service), (16, Service)])], p99: 0.05);

        var best = CapacityPlanner.Best(planner.Plans());

        Assert.Equal(16, best.Settings.MaxBatchSize);
        Assert.Equal(16 / Service, best.SaturationPerSecond, precision: 6);
        Assert.InRange(best.MaxRate, 10 / Service, 16 / Service);
    }

    [Fact]
    public void Plans_WhereBatchesBringNothing_PreferOneByOne()
    {
        var planner = new CapacityPlanner([new ServiceTimes([(1, Service), (2, 2 * Service), (4, 4 * Service)])], p99: 0.1);

        Assert.Equal(1, CapacityPlanner.Best(planner.Plans()).Settings.MaxBatchSize);
    }

    [Fact]
    public void MaxRate_IsTheBoundary()
    {
        const double Target = 0.04;
        var planner = new CapacityPlanner([new ServiceTimes([(1, 0.004), (8, 0.011)])], Target);

        Assert.All(planner.Plans(), plan =>
        {
            Assert.True(planner.At(plan.Settings, plan.MaxRate).P99 <= Target);
            Assert.True(planner.At(plan.Settings, plan.MaxRate + (0.05 * plan.SaturationPerSecond)).P99 > Target);
        });
    }

    [Fact]
    public void Plans_ForATargetBelowOneRun_HoldNothing()
    {
        var planner = new CapacityPlanner([new ServiceTimes([(1, Service)])], p99: Service / 2);

        Assert.Equal(0, Assert.Single(planner.Plans()).MaxRate);
    }

    [Fact]
    public void ServiceTimes_BetweenAndPastMeasuredSizes_AreOnLines()
    {
        var service = new ServiceTimes([(1, 1), (3, 2), (5, 6)]);

        Assert.Equal([1, 1.5, 2, 4, 6, 8], Enumerable.Range(1, 6).Select(service.SecondsOf));
    }

    [Theory]
    [InlineData(2, 1.0, 4, 2.0)]
    [InlineData(1, 0.0, 4, 2.0)]
    [InlineData(1, 1.0, 1, 2.0)]
    public void ServiceTimes_ThatMakeNoSense_AreRefused(int size, double seconds, int next, double nextSeconds) =>
        Assert.Throws<ArgumentException>(() => new ServiceTimes([(size, seconds), (next, nextSeconds)]));
}
