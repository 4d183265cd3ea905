using Hybrid.LimiterSimulation;
using Hybrid.LimiterSimulation.Subjects;

namespace Hybrid.GpuHost.Tests.Admission.Simulation;

/// <summary>Traffic without a fault: nobody should be turned away. The whole table is in docs/limiter.md.</summary>
public sealed class HealthyTrafficTests
{
    [Fact]
    public void HeavyTails_WhereTheStaticThresholdTrips_DoNotTripTheShippedLimiter() => AssertBetterThanStatic(Scenarios.HeavyTails);

    [Fact]
    public void SlowDependency_WhereTheStaticThresholdTrips_DoesNotTripTheShippedLimiter() => AssertBetterThanStatic(Scenarios.SlowDependency);

    [Fact]
    public void NoiseSparseTrafficBulkJobsAndTheRecordedTrace_DoNotTripTheShippedLimiter() =>
        Assert.All([.. Scenarios.Noise, .. Scenarios.Sparse, Scenarios.Bulk, Scenarios.Recorded], scenario =>
        {
            var result = Hybrid.LimiterSimulation.Simulation.Run(scenario, time => new ShippedSubject(time), Report.Seed);

            Assert.InRange(result.FalseTripShare, 0, 0.01);
            Assert.InRange(result.HealthyAdmittedShare, 0.99, 1);
        });

    private static void AssertBetterThanStatic(IEnumerable<Scenario> scenarios) =>
        Assert.All(scenarios, scenario =>
        {
            var fixedThreshold = Hybrid.LimiterSimulation.Simulation.Run(scenario, time => new StaticSubject(time), Report.Seed);
            var shipped = Hybrid.LimiterSimulation.Simulation.Run(scenario, time => new ShippedSubject(time), Report.Seed);

            Assert.InRange(fixedThreshold.FalseTripShare, 0.15, 1);
            Assert.InRange(shipped.FalseTripShare, 0, 0.01);
            Assert.InRange(shipped.HealthyAdmittedShare, 0.98, 1);
        });
}
