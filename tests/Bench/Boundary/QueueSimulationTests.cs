using Hybrid.Planning;

namespace Hybrid.Bench.Tests.Boundary;

/// <summary>The simulated queue against what queueing theory says of it.</summary>
public sealed class QueueSimulationTests
{
    private const double Service = 0.01;

    private static readonly ServiceTimes Fixed = new([(1, Service)]);

    [Theory]
    [InlineData(0.2)]
    [InlineData(0.5)]
    [InlineData(0.8)]
    public void OneByOne_IsMD1(double load)
    {
        var seen = QueueSimulation.Run(Fixed, new PlanSettings(1, 0, 1), load / Service, warmUp: 100, duration: 4000);

        // Pollaczek and Khinchine, for a service time that does not vary.
        var expected = Service * (1 + (load / (2 * (1 - load))));
        Assert.InRange(seen.Mean, 0.97 * expected, 1.03 * expected);
        Assert.InRange(seen.AnsweredPerSecond, 0.99 * load / Service, 1.01 * load / Service);
        Assert.Equal(1, seen.BatchSize);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(8, 1)]
    [InlineData(8, 2)]
    public void Overload_AnswersAtTheSaturationRate(int size, int instances)
    {
        var service = new ServiceTimes([(1, 0.004), (8, 0.011)]);
        var saturation = service.SaturationPerSecond(size, instances);

        var seen = QueueSimulation.Run(service, new PlanSettings(size, 0, instances), 1.5 * saturation, warmUp: 0, duration: 60);

        Assert.InRange(seen.AnsweredPerSecond, 0.995 * saturation, 1.005 * saturation);
        Assert.InRange(seen.BatchSize, 0.97 * size, size);
    }

    [Fact]
    public void Delay_WithoutCompany_IsWaitedOut()
    {
        var seen = QueueSimulation.Run(Fixed, new PlanSettings(8, 5000, 1), perSecond: 0.1, warmUp: 0, duration: 20_000);

        Assert.Equal(0.005 + Service, seen.P50, precision: 6);
        Assert.InRange(seen.BatchSize, 1, 1.01);
    }

    [Fact]
    public void Seed_Same_SameResult() => Assert.Equal(Run(7), Run(7));

    [Fact]
    public void Seed_Other_OtherResult() => Assert.NotEqual(Run(7), Run(8));

    private static Prediction Run(ulong seed) => QueueSimulation.Run(Fixed, new PlanSettings(1, 0, 1), 50, 1, 100, seed);
}
