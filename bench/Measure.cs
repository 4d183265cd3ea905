using System.Diagnostics;

namespace Hybrid.Bench;

internal static class Measure
{
    /// <summary>
    /// Median times of two actions in milliseconds, run in turn (A B A B …) so that a machine whose speed drifts is as unkind
    /// to the one as to the other. One round of each goes before and is not counted.
    /// </summary>
    public static (double A, double B) InTurn(int rounds, Action a, Action b)
    {
        a();
        b();
        var times = new List<(double A, double B)>();
        for (var i = 0; i < rounds; i++)
        {
            times.Add((Time(a), Time(b)));
        }

        return (Median(times.Select(time => time.A)), Median(times.Select(time => time.B)));
    }

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    private static double Time(Action action)
    {
        var watch = Stopwatch.StartNew();
        action();
        return watch.Elapsed.TotalMilliseconds;
    }
}
