using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tensors;

namespace Hybrid.GpuHost.Endpoints.OpenInference;

/// <summary>A tensor's elements from JSON, row-major, flat or nested: number by number into the tensor's bytes.</summary>
internal static class JsonTensorReader
{
    private const int FirstElements = 1024;

    private delegate bool ElementReader<T>(ref Utf8JsonReader reader, out T value);

    /// <param name="reader">Before the array; afterwards at its end.</param>
    /// <param name="tensor">Says what is to come.</param>
    /// <exception cref="HybridException"><see cref="ErrorCode.InvalidRequest"/>: too many or too few elements, or one that the type cannot hold.</exception>
    public static byte[] Read(ref Utf8JsonReader reader, Tensor tensor) => tensor.Type switch
    {
        TensorType.Bool => ReadAll<bool>(ref reader, tensor, static (ref r, out v) => (v = r.TokenType == JsonTokenType.True) || r.TokenType == JsonTokenType.False),
        TensorType.Uint8 => ReadAll<byte>(ref reader, tensor, static (ref r, out v) => r.TryGetByte(out v)),
        TensorType.Uint16 => ReadAll<ushort>(ref reader, tensor, static (ref r, out v) => r.TryGetUInt16(out v)),
        TensorType.Uint32 => ReadAll<uint>(ref reader, tensor, static (ref r, out v) => r.TryGetUInt32(out v)),
        TensorType.Uint64 => ReadAll<ulong>(ref reader, tensor, static (ref r, out v) => r.TryGetUInt64(out v)),
        TensorType.Int8 => ReadAll<sbyte>(ref reader, tensor, static (ref r, out v) => r.TryGetSByte(out v)),
        TensorType.Int16 => ReadAll<short>(ref reader, tensor, static (ref r, out v) => r.TryGetInt16(out v)),
        TensorType.Int32 => ReadAll<int>(ref reader, tensor, static (ref r, out v) => r.TryGetInt32(out v)),
        TensorType.Int64 => ReadAll<long>(ref reader, tensor, static (ref r, out v) => r.TryGetInt64(out v)),
        TensorType.Fp32 => ReadAll<float>(ref reader, tensor, static (ref r, out v) => r.TryGetSingle(out v)),
        TensorType.Fp64 => ReadAll<double>(ref reader, tensor, static (ref r, out v) => r.TryGetDouble(out v)),
        TensorType.Bytes => ReadTexts(ref reader, tensor),
        _ => throw Invalid(tensor, $"{tensor.Type.ToName()} has no JSON form in the protocol; send it as binary data"),
    };

    private static byte[] ReadAll<T>(ref Utf8JsonReader reader, Tensor tensor, ElementReader<T> read)
        where T : unmanaged
    {
        // The shape is only a promise: room is made as the elements come.
        var count = tensor.Count;
        var bytes = new byte[Math.Min(count, FirstElements) * tensor.Type.Size()];
        var values = MemoryMarshal.Cast<byte, T>(bytes.AsSpan());
        var found = 0;
        for (var depth = Begin(ref reader); NextElement(ref reader, depth); found++)
        {
            if (found == values.Length && found < count)
            {
                Array.Resize(ref bytes, (int)Math.Min(count, 2L * found) * tensor.Type.Size());
                values = MemoryMarshal.Cast<byte, T>(bytes.AsSpan());
            }

            if (found < values.Length && !(reader.TokenType is JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False && read(ref reader, out values[found])))
            {
                throw Invalid(tensor, $"element {found} is no {tensor.Type.ToName()}");
            }
        }

        return found == count ? bytes : throw WrongCount(tensor, found);
    }

    private static byte[] ReadTexts(ref Utf8JsonReader reader, Tensor tensor)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var found = 0;
        for (var depth = Begin(ref reader); NextElement(ref reader, depth); found++)
        {
            if (reader.TokenType != JsonTokenType.String)
            {
                throw Invalid(tensor, $"element {found} is no string");
            }

            // Escaped or not, a text takes no more bytes than its JSON.
            var length = reader.HasValueSequence ? (int)reader.ValueSequence.Length : reader.ValueSpan.Length;
            var element = buffer.GetSpan(sizeof(int) + length);
            length = reader.CopyString(element[sizeof(int)..]);
            BinaryPrimitives.WriteInt32LittleEndian(element, length);
            buffer.Advance(sizeof(int) + length);
        }

        return found == tensor.Count ? buffer.WrittenSpan.ToArray() : throw WrongCount(tensor, found);
    }

    private static int Begin(ref Utf8JsonReader reader)
    {
        reader.BeginArray("data");
        return reader.CurrentDepth;
    }

    /// <summary>Steps on the next element, at whatever depth; the reader allows none over 64.</summary>
    private static bool NextElement(ref Utf8JsonReader reader, int depth)
    {
        while (reader.Read() && reader.TokenType is JsonTokenType.StartArray or JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.EndArray && reader.CurrentDepth == depth)
            {
                return false;
            }
        }

        return true;
    }

    private static HybridException WrongCount(Tensor tensor, int found) =>
        Invalid(tensor, $"shape [{string.Join(", ", tensor.Shape)}] needs {tensor.Count} elements, but {found} came");

    private static HybridException Invalid(Tensor tensor, string what) => new(ErrorCode.InvalidRequest, $"Tensor '{tensor.Name}': {what}.", tensor.Name);
}
