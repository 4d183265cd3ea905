using Hybrid.Contracts.Errors;

namespace Hybrid.Contracts.Tensors;

public static class TensorTypes
{
    private static readonly TensorType[] All = Enum.GetValues<TensorType>();

    // By the type's number.
    private static readonly string[] Names = [.. Enumerable.Range(0, All.Length + 1).Select(number => ((TensorType)number).ToString().ToUpperInvariant())];

    /// <summary>The protocol's name, e.g. <c>FP32</c>.</summary>
    public static string ToName(this TensorType type) => Names[(int)type];

    /// <summary>Reads a protocol name such as <c>FP32</c>, letter for letter.</summary>
    /// <exception cref="HybridException"><see cref="ErrorCode.InvalidRequest"/>: no such type.</exception>
    public static TensorType Parse(string name)
    {
        foreach (var type in All)
        {
            if (type.ToName() == name)
            {
                return type;
            }
        }

        throw new HybridException(ErrorCode.InvalidRequest, $"'{name}' is not a datatype; use one of {string.Join(", ", All.Select(ToName))}.", "datatype");
    }

    /// <summary>Bytes of one element; 0 for <see cref="TensorType.Bytes"/>, whose elements differ in length.</summary>
    public static int Size(this TensorType type) => type switch
    {
        TensorType.Bool or TensorType.Uint8 or TensorType.Int8 => 1,
        TensorType.Uint16 or TensorType.Int16 or TensorType.Fp16 => 2,
        TensorType.Uint32 or TensorType.Int32 or TensorType.Fp32 => 4,
        TensorType.Uint64 or TensorType.Int64 or TensorType.Fp64 => 8,
        _ => 0,
    };
}
