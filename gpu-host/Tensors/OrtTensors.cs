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

    public static OrtValue ToOrt(Tensor tensor)
    {
        long[] shape = [.. tensor.Shape];
        if (tensor.Type == TensorType.Bytes)
        {
            return ToStrings(tensor, shape);
        }

        var type = Enum.GetValues<TensorElementType>().First(candidate => TypeOf(candidate) == tensor.Type);
        var value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, type, shape);
        tensor.Data.Span.CopyTo(value.GetTensorMutableRawData());
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
        var rest = tensor.Data.Span;
        var count = (int)tensor.Count;
        for (var i = 0; i < count; i++)
        {
            if (rest.Length < sizeof(uint) || BinaryPrimitives.ReadUInt32LittleEndian(rest) is var length && length > rest.Length - sizeof(uint))
            {
                value.Dispose();
                throw new HybridException(ErrorCode.InvalidRequest, $"Tensor '{tensor.Name}': element {i} of {count} goes past the end of the data.", tensor.Name);
            }

            value.StringTensorSetElementAt(rest.Slice(sizeof(uint), (int)length), i);
            rest = rest[(sizeof(uint) + (int)length)..];
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
