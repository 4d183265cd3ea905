namespace Hybrid.Models.Induction;

/// <summary>
/// Up to 4096 vectors of 64 dimensions, unit length and entries ±1/8, no two of which have a cosine above 1/4: the dual of an extended
/// two-error-correcting BCH code. Random vectors of that size come as near as 0.6, and then a word is now and then taken for another.
/// Entry 0 of every vector is +1/8.
/// </summary>
public static class TokenCodes
{
    public const int Dimensions = 64;
    public const int Count = Dimensions * Dimensions;

    /// <summary>No cosine between two of them is further from 0 than this.</summary>
    public const float LargestCosine = 0.25f;

    private const float Entry = 0.125f;

    /// <summary>Vector number <paramref name="index"/>.</summary>
    public static void Write(int index, Span<float> vector)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        var (a, b) = (index % Dimensions, index / Dimensions);
        for (var x = 0; x < Dimensions; x++)
        {
            var cube = Multiply(x, Multiply(x, x));
            vector[x] = Trace(Multiply(a, x) ^ Multiply(b, cube)) == 0 ? Entry : -Entry;
        }
    }

    /// <summary>In the field of 64 elements: polynomials over bits, modulo x^6 + x + 1.</summary>
    private static int Multiply(int a, int b)
    {
        var product = 0;
        for (; b != 0; b >>= 1)
        {
            if ((b & 1) != 0)
                product ^= a;
            a <<= 1;
            if (a >= Dimensions)
                a ^= 0b1000011;
        }

        return product;
    }

    /// <summary>a + a^2 + a^4 + … + a^32, which is 0 or 1.</summary>
    private static int Trace(int a)
    {
        var sum = 0;
        for (var i = 0; i < 6; i++)
        {
            sum ^= a;
            a = Multiply(a, a);
        }

        return sum;
    }
}
