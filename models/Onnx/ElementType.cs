namespace Hybrid.Onnx;

/// <summary>The type of a tensor's elements; the numbers are those of ONNX's TensorProto.DataType.</summary>
public enum ElementType
{
    Float = 1,
    Int64 = 7,
    String = 8,
    Bool = 9,
}
