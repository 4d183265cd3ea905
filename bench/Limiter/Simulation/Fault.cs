namespace Hybrid.LimiterSimulation;

/// <summary>Something that goes wrong for a while.</summary>
/// <param name="Begin">From then on.</param>
/// <param name="End">Until then (the end of it: a slow recovery is over here).</param>
/// <param name="SlowdownAt">How many times longer work takes that is begun at a time between the two.</param>
/// <param name="LoadFactor">How many times as many requests come.</param>
public sealed record Fault(TimeSpan Begin, TimeSpan End, Func<TimeSpan, double> SlowdownAt, double LoadFactor = 1)
{
    public static Fault Slowdown(double factor, double begin, double end) => new(Seconds(begin), Seconds(end), _ => factor);

    public static Fault Overload(double factor, double begin, double end) => new(Seconds(begin), Seconds(end), _ => 1, factor);

    /// <summary>Slow at once, then back to normal in a straight line from <paramref name="recovery"/> to <paramref name="end"/>.</summary>
    public static Fault SlowRecovery(double factor, double begin, double recovery, double end) => new(
        Seconds(begin), Seconds(end), time => 1 + ((factor - 1) * Math.Min(1, (end - time.TotalSeconds) / (end - recovery))));

    /// <summary>Slower and slower from <paramref name="begin"/> to <paramref name="full"/>, in a straight line.</summary>
    public static Fault Creep(double factor, double begin, double full, double end) => new(
        Seconds(begin), Seconds(end), time => 1 + ((factor - 1) * Math.Min(1, (time.TotalSeconds - begin) / (full - begin))));

    public double Slowdown(TimeSpan time) => time >= Begin && time < End ? SlowdownAt(time) : 1;

    public double Load(TimeSpan time) => time >= Begin && time < End ? LoadFactor : 1;

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
