using System.Text.Json;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tensors;

namespace Hybrid.GpuHost.Endpoints.OpenInference;

/// <summary>A tensor's elements as JSON, row-major and flat.</summary>
internal static class JsonTensorWriter
{
    /// <exception cref="HybridException"><see cref="ErrorCode.Unprocessable"/>: JSON cannot say this, binary data can.</exception>
    public static void Write(Utf8JsonWriter writer, Tensor tensor)
    {
        switch (tensor.Type)
        {
            case TensorType.Bool:
                WriteAll<bool>(writer, tensor, static (w, v) => w.WriteBooleanValue(v));
                break;
            case TensorType.Uint8:
                WriteAll<byte>(writer, tensor, static (w, v) => w.WriteNumberValue((uint)v));
                break;
            case TensorType.Uint16:
                WriteAll<ushort>(writer, tensor, static (w, v) => w.WriteNumberValue((uint)v));
                break;
            case TensorType.Uint32:
                WriteAll<uint>(writer, tensor, static (w, v) => w.WriteNumberValue(v));
                break;
            case TensorType.Uint64:
                WriteAll<ulong>(writer, tensor, static (w, v) => w.WriteNumberValue(v));
                break;
            case TensorType.Int8:
                WriteAll<sbyte>(writer, tensor, static (w, v) => w.WriteNumberValue((int)v));
                break;
            case TensorType.Int16:
                WriteAll<short>(writer, tensor, static (w, v) => w.WriteNumberValue((int)v));
                break;
            case TensorType.Int32:
                WriteAll<int>(writer, tensor, static (w, v) => w.WriteNumberValue(v));
                break;
            case TensorType.Int64:
                WriteAll<long>(writer, tensor, static (w, v) => w.WriteNumberValue(v));
                break;
            case TensorType.Fp32:
                WriteAll<float>(writer, tensor, (w, v) => w.WriteNumberValue(float.IsFinite(v) ? v : throw Unwritable(tensor, "NaN or infinity")));
                break;
            case TensorType.Fp64:
                WriteAll<double>(writer, tensor, (w, v) => w.WriteNumberValue(double.IsFinite(v) ? v : throw Unwritable(tensor, "NaN or infinity")));
                break;
            case TensorType.Bytes:
                WriteStrings(writer, tensor);
                break;
            default:
                throw Unwritable(tensor, tensor.Type.ToName());
        }
    }

    private static void WriteAll<T>(Utf8JsonWriter writer, Tensor tensor, Action<Utf8JsonWriter, T> write)
        where T : unmanaged
    {
        foreach (var value in tensor.As<T>())
        {
            write(writer, value);
        }
    }

    private static void WriteStrings(Utf8JsonWriter writer, Tensor tensor)
    {
        foreach (var element in new BytesElements(tensor.Data))
        {
            writer.WriteStringValue(element);
        }
    }

    private static HybridException Unwritable(Tensor tensor, string what) =>
        new(ErrorCode.Unprocessable, $"Output '{tensor.Name}' holds {what}, which JSON cannot say; ask for binary data.", tensor.Name);
}
