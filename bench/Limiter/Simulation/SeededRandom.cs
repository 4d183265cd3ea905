namespace Hybrid.LimiterSimulation;

/// <summary>SplitMix64: the same numbers for the same seed with every version of .NET, which <see cref="Random"/> does not promise.</summary>
public sealed class SeededRandom(ulong seed)
{
    private ulong _state = seed;

    /// <summary>Over 0, up to 1.</summary>
    public double NextUnit()
    {
        _state += 0x9E3779B97F4A7C15;
        var z = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return (((z ^ (z >> 31)) >> 11) + 1) * (1.0 / (1UL << 53));
    }

    public double NextExponential() => -Math.Log(NextUnit());

    public double NextNormal() => Math.Sqrt(2 * NextExponential()) * Math.Cos(2 * Math.PI * NextUnit());
}
