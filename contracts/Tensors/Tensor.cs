using System.Buffers;
using System.Runtime.InteropServices;
using Hybrid.Contracts.Errors;

namespace Hybrid.Contracts.Tensors;

/// <summary>A dense, row-major tensor; its bytes are little-endian, as every protocol here has them.</summary>
/// <param name="Name">The model's input or output name.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Dimensions, outermost first; empty for a scalar.</param>
/// <param name="Data">
/// The elements' bytes: product(Shape) × size of one, except for <see cref="TensorType.Bytes"/>. They are read where they are, which for a received
/// tensor is the received message: in one piece or several, at any address, and only as long as that memory is the reader's.
/// </param>
public sealed partial record Tensor(string Name, TensorType Type, IReadOnlyList<long> Shape, ReadOnlySequence<byte> Data)
{
    /// <summary>A tensor over bytes in one piece.</summary>
    public Tensor(string name, TensorType type, IReadOnlyList<long> shape, ReadOnlyMemory<byte> data)
        : this(name, type, shape, new ReadOnlySequence<byte>(data))
    {
    }

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
            for (var i = 0; i < Shape.Count; i++)
            {
                var dimension = Shape[i];
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
    /// <exception cref="HybridException"><see cref="ErrorCode.InvalidRequest"/>, naming both lengths or the element at fault.</exception>
    public Tensor Checked()
    {
        if (Type == TensorType.Bytes)
        {
            CheckElements();
            return this;
        }

        var expected = Count * Type.Size();
        return Data.Length == expected
            ? this
            : throw Invalid($"shape [{string.Join(", ", Shape)}] of {Type.ToName()} needs {expected} bytes, but {Data.Length} came");
    }

    /// <summary>The elements: in place where they lie in one piece, else a copy.</summary>
    public ReadOnlySpan<T> As<T>()
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(Data.IsSingleSegment ? Data.FirstSpan : Data.ToArray());

    // Whoever takes the elements may then trust the lengths before them, and the count: it is paid for with four bytes each.
    private void CheckElements()
    {
        var count = Count;
        var elements = new BytesElements(Data);
        for (var i = 0L; i < count; i++)
        {
            if (!elements.MoveNext())
            {
                throw Invalid($"element {i} of {count} goes past the end of the data");
            }
        }

        if (elements.Rest > 0)
        {
            throw Invalid($"{elements.Rest} bytes after the last of {count} elements");
        }
    }

    private HybridException Invalid(string what) => new(ErrorCode.InvalidRequest, $"Tensor '{Name}': {what}.", Name);
}
