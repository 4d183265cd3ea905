using Hybrid.LimiterSimulation;
using Hybrid.LimiterSimulation.Subjects;

namespace Hybrid.GpuHost.Tests.Admission.Simulation;

/// <summary>Faults before the shipped limiter: how soon it sees them, and their end.</summary>
public sealed class FaultTests
{
    [Fact]
    public void TenfoldSlowdown_OpensWithinTenSecondsAndRecoversWithinFifteen() =>
        Assert.All(Scenarios.Slowdown, scenario =>
        {
            // The fault begins and ends at other moments of the limiter's own rhythm each time.
            for (var turn = 0; turn < (scenario.RequestsPerSecond > 500 ? 2 : 10); turn++)
            {
                var shifted = scenario with { Fault = Fault.Slowdown(10, 90 + (turn * 0.13), 150 + (turn * 0.71)) };
                var result = Hybrid.LimiterSimulation.Simulation.Run(shifted, time => new ShippedSubject(time), Report.Seed + (ulong)turn);

                Assert.InRange(Assert.NotNull(result.OpenedAfter), TimeSpan.Zero, TimeSpan.FromSeconds(10));
                Assert.InRange(Assert.NotNull(result.RecoveredAfter), TimeSpan.Zero, TimeSpan.FromSeconds(15));
                Assert.Equal(0, result.FalseTripShare);
            }
        });

    [Fact]
    public void StepOverload_IsShedWithoutOpening() =>
        Assert.All(Scenarios.Overload, scenario =>
        {
            var result = Hybrid.LimiterSimulation.Simulation.Run(scenario, time => new ShippedSubject(time), Report.Seed);

            Assert.Null(result.OpenedAfter);
            Assert.InRange(Assert.NotNull(result.FaultGoodput), 0.85, 1.1);
            Assert.InRange(Assert.NotNull(result.FaultP95), TimeSpan.Zero, RunLog.Budget);
            Assert.InRange(Assert.NotNull(result.RecoveredAfter), TimeSpan.Zero, TimeSpan.FromSeconds(15));
        });

    [Fact]
    public void StepOverload_ForTwentyMinutes_DoesNotBecomeNormal()
    {
        var scenario = Scenarios.Overload.Single(one => one.Name == "step overload" && one.RequestsPerSecond == 50) with
        {
            Fault = Fault.Overload(5, 90, 1290), Length = TimeSpan.FromSeconds(1320),
        };
        ShippedSubject? shipped = null;

        var result = Hybrid.LimiterSimulation.Simulation.Run(scenario, time => shipped = new ShippedSubject(time), Report.Seed);

        Assert.Null(result.OpenedAfter);
        Assert.InRange(Assert.NotNull(result.FaultP95), TimeSpan.Zero, RunLog.Budget);
        Assert.InRange(shipped!.Snapshot.HealthyMedian.TotalMilliseconds, ServiceTime.MedianMs * 0.9, ServiceTime.MedianMs * 1.3);
    }

    [Fact]
    public void SlowRecovery_OpensAndIsOverWithTheFault() =>
        Assert.All(Scenarios.Gradual.Where(scenario => scenario.Name == "slow recovery"), scenario =>
        {
            var result = Hybrid.LimiterSimulation.Simulation.Run(scenario, time => new ShippedSubject(time), Report.Seed);

            Assert.InRange(Assert.NotNull(result.OpenedAfter), TimeSpan.Zero, TimeSpan.FromSeconds(10));
            Assert.InRange(Assert.NotNull(result.RecoveredAfter), TimeSpan.Zero, TimeSpan.FromSeconds(15));
        });
}
