using System.Buffers;
using System.Buffers.Binary;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tensors;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tensor = Hybrid.Contracts.Tensors.Tensor;

namespace Hybrid.GpuHost.Tensors;

/// <summary>Wire tensors to ONNX Runtime's and back, by one copy: bytes from the network lie at any address, kernels want aligned ones.</summary>
public static class OrtTensors
{
    /// <summary>The wire type of an ONNX type; null when the protocol has none for it.</summary>
    public static TensorType? TypeOf(TensorElementType type) => type switch
    {
        TensorElementType.Bool => TensorType.Bool,
        TensorElementType.UInt8 => TensorType.Uint8,
        TensorElementType.UInt16 => TensorType.Uint16,
        TensorElementType.UInt32 => TensorType.Uint32,
        TensorElementType.UInt64 => TensorType.Uint64,
        TensorElementType.Int8 => TensorType.Int8,
        TensorElementType.Int16 => TensorType.Int16,
        TensorElementType.Int32 => TensorType.Int32,
        TensorElementType.Int64 => TensorType.Int64,
        TensorElementType.Float16 => TensorType.Fp16,
        TensorElementType.Float => TensorType.Fp32,
        TensorElementType.Double => TensorType.Fp64,
        TensorElementType.String => TensorType.Bytes,
        _ => null,
    };

    /// <summary>The protocol's name of an ONNX type, or ONNX's own where the protocol has none.</summary>
    public static string NameOf(TensorElementType type) => TypeOf(type)?.ToName() ?? type.ToString().ToUpperInvariant();

    /// <summary>ONNX's type of a wire type.</summary>
    public static TensorElementType ElementTypeOf(TensorType type) => type switch
    {
        TensorType.Bool => TensorElementType.Bool,
        TensorType.Uint8 => TensorElementType.UInt8,
        TensorType.Uint16 => TensorElementType.UInt16,
        TensorType.Uint32 => TensorElementType.UInt32,
        TensorType.Uint64 => TensorElementType.UInt64,
        TensorType.Int8 => TensorElementType.Int8,
        TensorType.Int16 => TensorElementType.Int16,
        TensorType.Int32 => TensorElementType.Int32,
        TensorType.Int64 => TensorElementType.Int64,
        TensorType.Fp16 => TensorElementType.Float16,
        TensorType.Fp32 => TensorElementType.Float,
        TensorType.Fp64 => TensorElementType.Double,
        TensorType.Bytes => TensorElementType.String,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };

    /// <summary>A checked tensor's elements in memory of the runtime: the one copy on their way from the network.</summary>
    public static OrtValue ToOrt(Tensor tensor)
    {
        long[] shape = [.. tensor.Shape];
        if (tensor.Type == TensorType.Bytes)
        {
            return ToStrings(tensor, shape);
        }

        var value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, ElementTypeOf(tensor.Type), shape);
        tensor.Data.CopyTo(value.GetTensorMutableRawData());
        return value;
    }

    public static Tensor FromOrt(string name, OrtValue value)
    {
        var info = value.GetTensorTypeAndShape();
        var type = TypeOf(info.ElementDataType)
            ?? throw new HybridException(ErrorCode.Unprocessable, $"Output '{name}' is {info.ElementDataType}, which the protocol has no type for.", name);
        return new Tensor(
            name, type, info.Shape, type == TensorType.Bytes ? FromStrings(value, (int)info.ElementCount) : value.GetTensorMutableRawData().ToArray());
    }

    private static OrtValue ToStrings(Tensor tensor, long[] shape)
    {
        var value = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, shape);
        var index = 0;
        foreach (var element in new BytesElements(tensor.Data))
        {
            value.StringTensorSetElementAt(element, index++);
        }

        return value;
    }

    private static byte[] FromStrings(OrtValue value, int count)
    {
        var buffer = new ArrayBufferWriter<byte>();
        for (var i = 0; i < count; i++)
        {
            var element = value.GetStringElementAsSpan(i);
            BinaryPrimitives.WriteInt32LittleEndian(buffer.GetSpan(sizeof(int)), element.Length);
            buffer.Advance(sizeof(int));
            buffer.Write(element);
        }

        return buffer.WrittenSpan.ToArray();
    }
}
