using System.Numerics;

namespace Hybrid.GpuHost.Batching;

/// <summary>
/// Classes of length, two to an octave (…, 64, 96, 128, 192, …): inside one class padding makes an item at most half longer.
/// All lengths up to 16 share the first class: there a run costs the same whatever the length.
/// </summary>
public static class LengthBuckets
{
    private const int Smallest = 16;

    /// <summary>Number of classes for every length that an int can be.</summary>
    public static readonly int Count = Of(int.MaxValue) + 1;

    public static int Of(int tokens)
    {
        if (tokens <= Smallest)
        {
            return 0;
        }

        // tokens is in (2^octave, 2^(octave+1)]: the upper half of that range is a class of its own.
        var octave = BitOperations.Log2((uint)(tokens - 1));
        var upper = tokens - 1 >= (3L << octave) / 2 ? 1 : 0;
        return 1 + (2 * (octave - BitOperations.Log2(Smallest))) + upper;
    }
}
