namespace Hybrid.GpuHost.Execution.Calibration;

/// <summary>What is tried, and what is taken untried.</summary>
public static class PlanCandidates
{
    /// <summary>Without measurement: all cores for each run, as far as the settings leave it open.</summary>
    public static ExecutionPlan Default(int cores, int? instances, int? threads) =>
        new(instances ?? 1, ThreadsOf(threads, cores) ?? Math.Max(1, cores / (instances ?? 1)));

    /// <summary>
    /// All the ways to spread the cores evenly over 1, 2, half as many and as many instances as there are cores. The first is
    /// <see cref="Default"/>.
    /// </summary>
    public static IReadOnlyList<ExecutionPlan> All(int cores, int? instances, int? threads)
    {
        int[] counts = instances is { } count ? [count] : [1, 2, cores / 2, cores];
        return
        [
            .. counts
                .Where(count => count >= 1 && (count <= cores || instances is not null))
                .Select(count => new ExecutionPlan(count, ThreadsOf(threads, cores) ?? Math.Max(1, cores / count)))
                .Where(plan => plan.Instances == 1 || instances is not null || plan.Instances * plan.Threads <= cores)
                .Distinct(),
        ];
    }

    // 0 stands for all of them.
    private static int? ThreadsOf(int? threads, int cores) => threads == 0 ? cores : threads;
}
