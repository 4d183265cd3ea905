namespace Hybrid.Load;

/// <summary>How requests come, whatever the server does with them.</summary>
public sealed class ArrivalRate
{
    private readonly int? _seed;

    private ArrivalRate(double perSecond, int? seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(perSecond);
        PerSecond = perSecond;
        _seed = seed;
    }

    /// <summary>Requests per second, on average.</summary>
    public double PerSecond { get; }

    /// <summary>One after another at equal distances.</summary>
    public static ArrivalRate Constant(double perSecond) => new(perSecond, null);

    /// <summary>At random moments, as many independent callers come; the same ones for the same seed.</summary>
    public static ArrivalRate Poisson(double perSecond, int seed) => new(perSecond, seed);

    /// <summary>The seconds from one arrival to the next, without end.</summary>
    internal Func<double> BeginGaps()
    {
        if (_seed is not { } seed)
        {
            return () => 1 / PerSecond;
        }

        var random = new Random(seed);
        return () => -Math.Log(1 - random.NextDouble()) / PerSecond;
    }
}
