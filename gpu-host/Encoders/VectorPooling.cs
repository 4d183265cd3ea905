using System.Numerics.Tensors;
using Hybrid.GpuHost.Models;

namespace Hybrid.GpuHost.Encoders;

/// <summary>Token vectors to one vector of norm 1.</summary>
public static class VectorPooling
{
    /// <param name="pooling">How.</param>
    /// <param name="tokens">Row-major [length, d]: the text's own tokens, no padding.</param>
    /// <param name="vector">Gets the d values.</param>
    public static void Pool(Pooling pooling, ReadOnlySpan<float> tokens, Span<float> vector)
    {
        var dimensions = vector.Length;
        var length = tokens.Length / dimensions;
        var start = pooling == Pooling.LastToken ? length - 1 : 0;
        tokens.Slice(start * dimensions, dimensions).CopyTo(vector);
        for (var i = 1; i < length && pooling is (Pooling.Mean or Pooling.Max); i++)
        {
            var token = tokens.Slice(i * dimensions, dimensions);
            if (pooling == Pooling.Mean)
            {
                TensorPrimitives.Add(vector, token, vector);
            }
            else
            {
                TensorPrimitives.Max(vector, token, vector);
            }
        }

        // The mean's division is left out: the norm undoes any factor.
        Normalize(vector);
    }

    /// <summary>To L2 norm 1; a vector of zeros stays what it is.</summary>
    public static void Normalize(Span<float> vector)
    {
        var norm = TensorPrimitives.Norm(vector);
        if (norm > 0)
        {
            TensorPrimitives.Divide(vector, norm, vector);
        }
    }
}
