namespace Hybrid.LimiterSimulation;

/// <summary>How long a server works on one request, in milliseconds, before any slowdown.</summary>
/// <param name="Name">The distribution, with its parameters.</param>
/// <param name="MeanMs">Its mean.</param>
/// <param name="DrawMs">One of it.</param>
public sealed record ServiceTime(string Name, double MeanMs, Func<SeededRandom, double> DrawMs)
{
    public const double MedianMs = 80;

    /// <summary>Nothing takes longer: a caller's budget ends.</summary>
    private const double LongestMs = 10_000;

    public static ServiceTime Lognormal(double sigma) => new(
        $"lognormal σ {sigma}",
        MedianMs * Math.Exp(sigma * sigma / 2),
        random => Math.Min(LongestMs, MedianMs * Math.Exp(sigma * random.NextNormal())));

    /// <summary>Any of those recorded.</summary>
    public static ServiceTime Recorded(IReadOnlyList<Arrival> trace) => new(
        "recorded", trace.Average(arrival => arrival.ServiceMs), random => trace[(int)(random.NextUnit() * (trace.Count - 1))].ServiceMs);

    public static ServiceTime Pareto(double alpha)
    {
        var smallest = MedianMs / Math.Pow(2, 1 / alpha);
        var mean = ((alpha * smallest) - (LongestMs * Math.Pow(smallest / LongestMs, alpha))) / (alpha - 1);
        return new ServiceTime($"Pareto α {alpha}", mean, random => Math.Min(LongestMs, smallest * Math.Pow(random.NextUnit(), -1 / alpha)));
    }
}
