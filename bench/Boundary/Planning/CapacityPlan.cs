namespace Hybrid.Planning;

/// <summary>Settings, and how far they carry.</summary>
/// <param name="Settings">The settings.</param>
/// <param name="MaxRate">Highest arrival rate whose p99 is inside the target; 0: none.</param>
/// <param name="AtMaxRate">What happens there.</param>
/// <param name="SaturationPerSecond">Where no queue ends any more.</param>
public sealed record CapacityPlan(PlanSettings Settings, double MaxRate, Prediction AtMaxRate, double SaturationPerSecond);

/// <summary>Looks for the boundary: what rate which settings hold.</summary>
/// <param name="services">S(b) by number of instances, from 1.</param>
/// <param name="p99">Target in seconds.</param>
public sealed class CapacityPlanner(IReadOnlyList<ServiceTimes> services, double p99)
{
    // Of a p99, so many leave 200 behind it; a rate is found to a hundredth.
    private const int Arrivals = 20_000;
    private const int Steps = 8;
    private const int KneePoints = 40;

    private static readonly int[] Delays = [0, 1000, 2000, 5000];

    /// <summary>Every batch size with its best delay, for every number of instances.</summary>
    public IReadOnlyList<CapacityPlan> Plans() =>
    [
        .. services.SelectMany((service, i) => service.Measured.Select(point => point.Size).Select(size =>
            Delays.Where(delay => size > 1 || delay == 0).Select(delay => PlanOf(new PlanSettings(size, delay, i + 1))).MaxBy(plan => plan.MaxRate)!)),
    ];

    /// <summary>The plan that carries furthest; of those that carry almost as far the smallest batch, which leaves the least behind one mistake.</summary>
    public static CapacityPlan Best(IReadOnlyList<CapacityPlan> plans)
    {
        var most = plans.Max(plan => plan.MaxRate);
        return plans.Where(plan => plan.MaxRate >= 0.98 * most).OrderBy(plan => plan.Settings.Instances).ThenBy(plan => plan.Settings.MaxBatchSize).First();
    }

    /// <summary>What these settings do at a rate.</summary>
    public Prediction At(PlanSettings settings, double perSecond) =>
        QueueSimulation.Run(services[settings.Instances - 1], settings, perSecond, warmUp: 0.1 * Arrivals / perSecond, duration: Arrivals / perSecond);

    /// <summary>
    /// Where more load begins to cost more than it brings: of all rates the one with the most throughput per mean latency (Kleinrock's power).
    /// </summary>
    public double Knee(PlanSettings settings)
    {
        var saturation = services[settings.Instances - 1].SaturationPerSecond(settings.MaxBatchSize, settings.Instances);
        return Enumerable.Range(1, KneePoints)
            .Select(i => At(settings, saturation * i / (KneePoints + 1)))
            .MaxBy(point => point.AnsweredPerSecond / point.Mean)!.OfferedPerSecond;
    }

    private CapacityPlan PlanOf(PlanSettings settings)
    {
        var saturation = services[settings.Instances - 1].SaturationPerSecond(settings.MaxBatchSize, settings.Instances);
        var (low, high) = (0.0, saturation);
        var best = At(settings, saturation / 100);
        if (best.P99 > p99)
        {
            return new CapacityPlan(settings, 0, best, saturation);
        }

        for (var step = 0; step < Steps; step++)
        {
            var middle = (low + high) / 2;
            var there = At(settings, middle);
            (low, high, best) = there.P99 <= p99 ? (middle, high, there) : (low, middle, best);
        }

        return new CapacityPlan(settings, low, best, saturation);
    }
}
