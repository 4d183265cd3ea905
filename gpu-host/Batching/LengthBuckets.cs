using System.Numerics;

namespace Hybrid.GpuHost.Batching;

/// <summary>
/// Classes of length. All lengths up to 16 share the first: there a run costs the same whatever the length. Up to 64 there are two to an octave (24, 32, 48,
/// 64), inside which padding makes an item at most half longer; past it four (80, 96, 112, 128, 160, …), at most a quarter: there small batches are as
/// fast as large ones, and padding is all that is lost. Past 65,536 all share the last.
/// </summary>
public static class LengthBuckets
{
    private const int Smallest = 16;
    private const int Long = 64;
    private const int Longest = 1 << 16;

    /// <summary>Number of classes.</summary>
    public static readonly int Count = Of(int.MaxValue) + 1;

    public static int Of(int tokens)
    {
        // tokens is in (2^octave, 2^(octave+1)], which is split evenly.
        tokens = Math.Min(tokens, Longest);
        var octave = BitOperations.Log2((uint)Math.Max(1, tokens - 1));
        return tokens switch
        {
            <= Smallest => 0,
            <= Long => 1 + (2 * (octave - 4)) + ((tokens - 1 - (1 << octave)) >> (octave - 1)),
            _ => 5 + (4 * (octave - 6)) + ((tokens - 1 - (1 << octave)) >> (octave - 2)),
        };
    }
}
