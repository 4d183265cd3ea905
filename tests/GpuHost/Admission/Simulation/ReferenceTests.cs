using Hybrid.LimiterSimulation;
using Hybrid.LimiterSimulation.Subjects;

namespace Hybrid.GpuHost.Tests.Admission.Simulation;

/// <summary>The two faults of the algorithm to the letter, one for each way to read "three in a row".</summary>
public sealed class ReferenceTests
{
    [Fact]
    public void ThreeRequestsInARow_OverAP95_ComeAboutByChanceEveryEightThousand()
    {
        var calm = Scenarios.Noise.Single(scenario => scenario.RequestsPerSecond == 500) with { Length = TimeSpan.FromMinutes(20) };

        var result = Hybrid.LimiterSimulation.Simulation.Run(calm, time => new ReferenceSubject(InARow.Requests, time), Report.Seed);

        // (1 − p³) ÷ ((1 − p) p³) for p = 0.05 is 8,420.
        Assert.InRange(Assert.NotNull(result.HealthyRequestsPerTrip), 6_000, 11_000);
        Assert.InRange(result.FalseTripShare, 0.15, 1);
    }

    [Fact]
    public void ThreeEvaluationsInARow_OverAThresholdThatFollows_NeverComeAbout()
    {
        var slowdown = Scenarios.Slowdown.Single(scenario => scenario.Name.EndsWith("lanes to spare", StringComparison.Ordinal));

        var reference = Hybrid.LimiterSimulation.Simulation.Run(slowdown, time => new ReferenceSubject(InARow.Evaluations, time), Report.Seed);
        var shipped = Hybrid.LimiterSimulation.Simulation.Run(slowdown, time => new ShippedSubject(time), Report.Seed);

        Assert.Null(reference.OpenedAfter);
        Assert.NotNull(shipped.OpenedAfter);
    }
}
