using System.Runtime.InteropServices;
using Hybrid.Contracts.Errors;

namespace Hybrid.Contracts.Tensors;

/// <summary>A dense, row-major tensor; its bytes are little-endian, as every protocol here has them.</summary>
/// <param name="Name">The model's input or output name.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Dimensions, outermost first; empty for a scalar.</param>
/// <param name="Data">The elements' bytes: product(Shape) × size of one, except for <see cref="TensorType.Bytes"/>.</param>
public sealed partial record Tensor(string Name, TensorType Type, IReadOnlyList<long> Shape, ReadOnlyMemory<byte> Data)
{
    /// <summary>A tensor with a copy of these elements.</summary>
    public static Tensor Of<T>(string name, TensorType type, IReadOnlyList<long> shape, T[] values)
        where T : unmanaged => new Tensor(name, type, shape, MemoryMarshal.AsBytes<T>(values).ToArray()).Checked();

    /// <summary>Number of elements that the shape promises.</summary>
    /// <exception cref="HybridException"><see cref="ErrorCode.InvalidRequest"/>: a negative dimension, or more than 2^31 elements.</exception>
    public long Count
    {
        get
        {
            long count = 1;
            foreach (var dimension in Shape)
            {
                if (dimension < 0 || (dimension > 0 && count > int.MaxValue / dimension))
                {
                    throw Invalid($"shape [{string.Join(", ", Shape)}] is negative or too large");
                }

                count *= dimension;
            }

            return count;
        }
    }

    /// <summary>This tensor, when its bytes are what its shape and type promise.</summary>
    /// <exception cref="HybridException"><see cref="ErrorCode.InvalidRequest"/>, naming both lengths.</exception>
    public Tensor Checked()
    {
        var expected = Count * Type.Size();
        if (Type != TensorType.Bytes && Data.Length != expected)
        {
            throw Invalid($"shape [{string.Join(", ", Shape)}] of {Type.ToName()} needs {expected} bytes, but {Data.Length} came");
        }

        return this;
    }

    /// <summary>The elements in place: no copy.</summary>
    public ReadOnlySpan<T> As<T>()
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(Data.Span);

    private HybridException Invalid(string what) => new(ErrorCode.InvalidRequest, $"Tensor '{Name}': {what}.", Name);
}
