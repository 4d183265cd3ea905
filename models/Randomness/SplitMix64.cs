namespace Hybrid.Models.Randomness;

/// <summary>
/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers on every machine and .NET version, which System.Random does not promise.
/// </summary>
public sealed class SplitMix64(ulong seed)
{
    private const ulong Gamma = 0x9E3779B97F4A7C15;
    private ulong _state = seed;

    public ulong Next()
    {
        var z = _state += Gamma;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>From 0 up to 1 (not included), in steps of 2^-24 so that a float holds it exactly.</summary>
    public float NextSingle() => (Next() >> 40) / 16777216f;
}
