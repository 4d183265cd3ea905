namespace Hybrid.Contracts.Tensors;

/// <summary>Element types of the Open Inference Protocol v2. The number is the MessagePack wire form.</summary>
public enum TensorType
{
    Bool = 1,
    Uint8 = 2,
    Uint16 = 3,
    Uint32 = 4,
    Uint64 = 5,
    Int8 = 6,
    Int16 = 7,
    Int32 = 8,
    Int64 = 9,
    Fp16 = 10,
    Fp32 = 11,
    Fp64 = 12,

    /// <summary>Strings or blobs: each element is its length as a little-endian uint32, then its bytes.</summary>
    Bytes = 13,
}
