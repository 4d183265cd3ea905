using Hybrid.LimiterSimulation;
using Hybrid.LimiterSimulation.Subjects;

namespace Hybrid.GpuHost.Tests.Admission.Simulation;

/// <summary>
/// The two faults of the algorithm to the letter. No reading of "three in a row" has both: requests trip by chance (but see a step at
/// once), evaluations against the threshold that they make themselves never see it (docs/limiter.md).
/// </summary>
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
    public void ThreeEvaluationsInARow_OverAThresholdThatFollows_NeverSeeTheSlowdown()
    {
        var slowdown = Scenarios.Slowdown.Single(scenario => scenario.Name.EndsWith("lanes to spare", StringComparison.Ordinal));

        // By chance it may be open just when the slowdown begins; that is the other fault.
        var fair = Enumerable.Range(0, 10)
            .Select(turn => Hybrid.LimiterSimulation.Simulation.Run(
                slowdown, time => new ReferenceSubject(InARow.EvaluationsAgainstOwn, time), Report.Seed + (ulong)turn))
            .Where(result => result.OpenedAfter is null || result.OpenedAfter > TimeSpan.FromSeconds(0.5))
            .ToArray();

        Assert.InRange(fair.Length, 5, 10);
        Assert.All(fair, result => Assert.Null(result.OpenedAfter));
    }
}
