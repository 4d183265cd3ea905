using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using MessagePack;

namespace Hybrid.Contracts.Codec;

/// <summary>How fields of the contract types are written, each kind in one way.</summary>
internal static class WireFields
{
    public delegate void ItemWriter<in T>(ref MessagePackWriter writer, T item);

    public delegate T ItemReader<out T>(ref MessagePackReader reader);

    /// <summary>Begins a record and returns how many unknown fields follow the <paramref name="known"/> ones.</summary>
    public static int ReadRecord(ref this MessagePackReader reader, int known)
    {
        var count = reader.ReadArrayHeader();
        return count >= known
            ? count - known
            : throw new MessagePackSerializationException($"{count} fields where at least {known} are needed.");
    }

    public static void SkipFields(ref this MessagePackReader reader, int unknown)
    {
        for (; unknown > 0; unknown--)
        {
            reader.Skip();
        }
    }

    /// <summary>A string that may not be nil.</summary>
    public static string ReadText(ref this MessagePackReader reader) =>
        reader.ReadString() ?? throw new MessagePackSerializationException("nil where a string is needed.");

    public static void WriteList<T>(ref this MessagePackWriter writer, IReadOnlyList<T> items, ItemWriter<T> write)
    {
        writer.WriteArrayHeader(items.Count);
        for (var i = 0; i < items.Count; i++)
        {
            write(ref writer, items[i]);
        }
    }

    public static T[] ReadList<T>(ref this MessagePackReader reader, ItemReader<T> read)
    {
        // The header cannot promise more items than bytes are left, so that a short message allocates little.
        var items = new T[reader.ReadArrayHeader()];
        for (var i = 0; i < items.Length; i++)
        {
            items[i] = read(ref reader);
        }

        return items;
    }

    public static void WriteTexts(ref this MessagePackWriter writer, IReadOnlyList<string> texts) =>
        writer.WriteList(texts, static (ref MessagePackWriter w, string text) => w.Write(text));

    public static string[] ReadTexts(ref this MessagePackReader reader) =>
        reader.ReadList(static (ref MessagePackReader r) => r.ReadText());

    /// <summary>Counts that a writer may not know: a list, or nil.</summary>
    public static void WriteCounts(ref this MessagePackWriter writer, IReadOnlyList<int>? counts)
    {
        if (counts is null)
        {
            writer.WriteNil();
            return;
        }

        writer.WriteList(counts, static (ref MessagePackWriter w, int count) => w.Write(count));
    }

    /// <summary>The counts, or null when they are nil or the writer was of a version without this field.</summary>
    public static int[]? ReadCounts(ref this MessagePackReader reader, ref int laterFields)
    {
        if (laterFields == 0)
        {
            return null;
        }

        laterFields--;
        return reader.TryReadNil() ? null : reader.ReadList(static (ref MessagePackReader r) => r.ReadInt32());
    }

    /// <summary>Microseconds as an integer.</summary>
    public static void WriteTime(ref this MessagePackWriter writer, TimeSpan time) => writer.Write((long)time.TotalMicroseconds);

    public static TimeSpan ReadTime(ref this MessagePackReader reader)
    {
        var microseconds = reader.ReadInt64();
        return Math.Abs(microseconds / TimeSpan.MicrosecondsPerSecond) <= MaxSeconds
            ? TimeSpan.FromMicroseconds(microseconds)
            : throw new MessagePackSerializationException($"{microseconds} µs is no plausible time.");
    }

    public static void WriteEnum<T>(ref this MessagePackWriter writer, T value)
        where T : struct, Enum => writer.Write(Convert.ToInt32(value, null));

    public static T ReadEnum<T>(ref this MessagePackReader reader)
        where T : struct, Enum
    {
        var value = (T)Enum.ToObject(typeof(T), reader.ReadInt32());
        return Enum.IsDefined(value) ? value : throw new MessagePackSerializationException($"{value} is no {typeof(T).Name}.");
    }

    /// <summary>Float32 values as one binary of little-endian bytes: a fifth smaller than a MessagePack array, and one copy.</summary>
    public static void WriteFloats(ref this MessagePackWriter writer, ReadOnlySpan<float> values)
    {
        if (BitConverter.IsLittleEndian)
        {
            writer.Write(MemoryMarshal.AsBytes(values));
            return;
        }

        var bytes = new byte[values.Length * sizeof(float)];
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values[i]);
        }

        writer.Write(bytes);
    }

    public static float[] ReadFloats(ref this MessagePackReader reader)
    {
        var bytes = reader.ReadBinary();
        if (bytes.Length % sizeof(float) != 0)
        {
            throw new MessagePackSerializationException($"{bytes.Length} bytes are no whole number of float32.");
        }

        var values = new float[bytes.Length / sizeof(float)];
        if (BitConverter.IsLittleEndian)
        {
            bytes.Span.CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
            return values;
        }

        for (var i = 0; i < values.Length; i++)
        {
            values[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes.Span[(i * sizeof(float))..]);
        }

        return values;
    }

    /// <summary>The bytes in place where the message lies in one piece, else a copy.</summary>
    public static ReadOnlyMemory<byte> ReadBinary(ref this MessagePackReader reader)
    {
        var bytes = reader.ReadBytes() ?? throw new MessagePackSerializationException("nil where bytes are needed.");
        return bytes.IsSingleSegment ? bytes.First : bytes.ToArray();
    }

    private static readonly long MaxSeconds = (long)TimeSpan.FromDays(365).TotalSeconds;
}
