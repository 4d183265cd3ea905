namespace Hybrid.Onnx;

/// <summary>The type of a tensor's elements; the numbers are those of ONNX's TensorProto.DataType.</summary>
public enum ElementType
{
    Float = 1,
    UInt8 = 2,
    Int8 = 3,
    Int32 = 6,
    Int64 = 7,
    String = 8,
    Bool = 9,
    Float16 = 10,
}
