using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tensors;

namespace Hybrid.GpuHost.Endpoints.OpenInference;

/// <summary>A tensor's elements as JSON: row-major, flat or nested when they come, flat when they go.</summary>
public static class JsonTensorData
{
    /// <exception cref="HybridException"><see cref="ErrorCode.InvalidRequest"/>: too many or too few elements, or one that the type cannot hold.</exception>
    public static byte[] Read(JsonElement data, Tensor tensor) => tensor.Type switch
    {
        TensorType.Bool => Fill(data, tensor, static e => e.GetBoolean()),
        TensorType.Uint8 => Fill(data, tensor, static e => e.GetByte()),
        TensorType.Uint16 => Fill(data, tensor, static e => e.GetUInt16()),
        TensorType.Uint32 => Fill(data, tensor, static e => e.GetUInt32()),
        TensorType.Uint64 => Fill(data, tensor, static e => e.GetUInt64()),
        TensorType.Int8 => Fill(data, tensor, static e => e.GetSByte()),
        TensorType.Int16 => Fill(data, tensor, static e => e.GetInt16()),
        TensorType.Int32 => Fill(data, tensor, static e => e.GetInt32()),
        TensorType.Int64 => Fill(data, tensor, static e => e.GetInt64()),
        TensorType.Fp32 => Fill(data, tensor, static e => e.GetSingle()),
        TensorType.Fp64 => Fill(data, tensor, static e => e.GetDouble()),
        TensorType.Bytes => FillStrings(data, tensor),
        _ => throw Invalid(tensor, $"{tensor.Type.ToName()} has no JSON form in the protocol; send it as binary data"),
    };

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

    private static byte[] Fill<T>(JsonElement data, Tensor tensor, Func<JsonElement, T> read)
        where T : unmanaged
    {
        var elements = Flatten(data, tensor);
        var bytes = new byte[tensor.Count * tensor.Type.Size()];
        var values = MemoryMarshal.Cast<byte, T>(bytes.AsSpan());
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = read(elements[i]);
        }

        return bytes;
    }

    private static byte[] FillStrings(JsonElement data, Tensor tensor)
    {
        var buffer = new ArrayBufferWriter<byte>();
        foreach (var element in Flatten(data, tensor))
        {
            var text = System.Text.Encoding.UTF8.GetBytes(element.GetString() ?? throw new FormatException("null is no BYTES element."));
            BinaryPrimitives.WriteInt32LittleEndian(buffer.GetSpan(sizeof(int)), text.Length);
            buffer.Advance(sizeof(int));
            buffer.Write(text);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static List<JsonElement> Flatten(JsonElement data, Tensor tensor)
    {
        // The shape is only a promise: nothing is allocated by it before the elements are really there.
        var elements = new List<JsonElement>();
        Flatten(data, elements);
        return elements.Count == tensor.Count
            ? elements
            : throw Invalid(tensor, $"shape [{string.Join(", ", tensor.Shape)}] needs {tensor.Count} elements, but {elements.Count} came");
    }

    // JsonDocument allows no deeper nesting than 64.
    private static void Flatten(JsonElement data, List<JsonElement> elements)
    {
        foreach (var element in data.EnumerateArray())
        {
            if (element.ValueKind == JsonValueKind.Array)
            {
                Flatten(element, elements);
            }
            else
            {
                elements.Add(element);
            }
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

    private static HybridException Invalid(Tensor tensor, string what) => new(ErrorCode.InvalidRequest, $"Tensor '{tensor.Name}': {what}.", tensor.Name);

    private static HybridException Unwritable(Tensor tensor, string what) =>
        new(ErrorCode.Unprocessable, $"Output '{tensor.Name}' holds {what}, which JSON cannot say; ask for binary data.", tensor.Name);
}
