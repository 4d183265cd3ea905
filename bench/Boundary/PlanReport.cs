using System.Globalization;
using Hybrid.Planning;

namespace Hybrid.Bench.Boundary;

/// <summary>The plan as people read it.</summary>
internal static class PlanReport
{
    public static void Write(TextWriter output, IReadOnlyList<ServiceTimes> services, IReadOnlyList<CapacityPlan> plans, double overhead)
    {
        Line($"Beside queue and session a request takes {overhead * 1000:0.00} ms. Saturation = instances × b ÷ S(b).");
        Line($"{"instances",9} {"batch",5} {"S(b) ms",8} {"saturation/s",12} {"best delay µs",13} {"max rate/s",10} {"p99 there ms",12} {"mean batch",10}");
        foreach (var plan in plans)
        {
            var (size, delay, instances) = plan.Settings;
            Line($"{instances,9} {size,5} {services[instances - 1].SecondsOf(size) * 1000,8:0.00} {plan.SaturationPerSecond,12:0} {delay,13} {plan.MaxRate,10:0} {(plan.AtMaxRate.P99 + overhead) * 1000,12:0.0} {plan.AtMaxRate.BatchSize,10:0.0}");
        }

        void Line(FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
    }

    /// <param name="output">Where to.</param>
    /// <param name="best">The recommended plan.</param>
    /// <param name="planner">For what it does at the rate.</param>
    /// <param name="rate">That is to be held; 0: none was named.</param>
    /// <param name="p99">Target, seconds.</param>
    /// <param name="overhead">Seconds of a request beside queue and session.</param>
    /// <param name="knee">Of the plan.</param>
    /// <param name="threads">Of one instance.</param>
    public static void Recommend(TextWriter output, CapacityPlan best, CapacityPlanner planner, double rate, double p99, double overhead, double knee, int threads)
    {
        Line($"Recommended for a p99 of {p99 * 1000:0} ms: holds {best.MaxRate:0}/s; the knee is at {knee:0}/s; no rate over {best.SaturationPerSecond:0}/s can be held.");
        if (rate > 0)
        {
            var there = planner.At(best.Settings, rate);
            var hosts = Math.Ceiling(rate / best.MaxRate);
            Line($"At {rate:0}/s: p99 {(there.P99 + overhead) * 1000:0.0} ms on one host{(rate <= best.MaxRate ? "" : $"; {hosts:0} hosts hold it")}.");
        }

        Line($"  Batching__MaxBatchRequests={best.Settings.MaxBatchSize}");
        Line($"  Batching__MaxQueueDelayMicroseconds={best.Settings.DelayMicroseconds}");
        Line($"  Execution__InstanceCount={best.Settings.Instances}");
        Line($"  Execution__IntraOpThreads={threads}");

        void Line(FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
    }
}
