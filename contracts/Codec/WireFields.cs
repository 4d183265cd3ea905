using System.Buffers;
using System.Runtime.CompilerServices;
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
        var count = reader.ReadArrayHeader();
        if (count > MaxItems)
        {
            throw new MessagePackSerializationException($"A list of {count} items; no more than {MaxItems} are taken.");
        }

        // The header promises no more items than bytes are left, but an item is more than a byte in memory: room is made as they come.
        var items = count == 0 ? [] : new T[Math.Min(count, FirstItems)];
        for (var i = 0; i < count; i++)
        {
            if (i == items.Length)
            {
                Array.Resize(ref items, Math.Min(count, 2 * i));
            }

            items[i] = read(ref reader);
        }

        return items;
    }

    public static void WriteTexts(ref this MessagePackWriter writer, IReadOnlyList<string> texts) =>
        writer.WriteList(texts, static (ref MessagePackWriter w, string text) => w.Write(text));

    public static string[] ReadTexts(ref this MessagePackReader reader) =>
        reader.ReadList(static (ref MessagePackReader r) => r.ReadText());

    /// <summary>A name that is likely to come again: of a model, a tensor, a role.</summary>
    public static string ReadName(ref this MessagePackReader reader) =>
        reader.TryReadStringSpan(out var utf8) ? NameCache.Shared.Get(utf8) : reader.ReadText();

    public static string[] ReadNames(ref this MessagePackReader reader) =>
        reader.ReadList(static (ref MessagePackReader r) => r.ReadName());

    /// <summary>The bytes of a string that may not be nil, in place where they lie in one piece.</summary>
    public static ReadOnlySpan<byte> ReadUtf8(scoped ref this MessagePackReader reader) =>
        reader.TryReadStringSpan(out var utf8)
            ? utf8
            : (reader.ReadStringSequence() ?? throw new MessagePackSerializationException("nil where a string is needed.")).ToArray();

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

    /// <summary>Passes over what <see cref="ReadCounts"/> would read.</summary>
    public static void CheckCounts(ref this MessagePackReader reader)
    {
        if (!reader.TryReadNil())
        {
            for (var left = reader.ReadArrayHeader(); left > 0; left--)
            {
                reader.ReadInt32();
            }
        }
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
        where T : struct, Enum => writer.Write(Unsafe.BitCast<T, int>(value));

    public static T ReadEnum<T>(ref this MessagePackReader reader)
        where T : struct, Enum
    {
        var value = Unsafe.BitCast<int, T>(reader.ReadInt32());
        return Enum.IsDefined(value) ? value : throw new MessagePackSerializationException($"{value} is no {typeof(T).Name}.");
    }

    /// <summary>
    /// Float32 values as one binary of little-endian bytes, which is how they lie in memory wherever ONNX Runtime runs: a fifth smaller than a
    /// MessagePack array, and one copy.
    /// </summary>
    public static void WriteFloats(ref this MessagePackWriter writer, ReadOnlySpan<float> values) => writer.Write(MemoryMarshal.AsBytes(values));

    /// <summary>The bytes of such values, in place.</summary>
    public static ReadOnlySequence<byte> ReadFloats(scoped ref this MessagePackReader reader)
    {
        var bytes = reader.ReadBinary();
        return bytes.Length % sizeof(float) == 0
            ? bytes
            : throw new MessagePackSerializationException($"{bytes.Length} bytes are no whole number of float32.");
    }

    /// <summary>The values that <see cref="ReadFloats"/> found, in an array of their own.</summary>
    public static float[] ToFloats(in this ReadOnlySequence<byte> bytes)
    {
        var values = new float[bytes.Length / sizeof(float)];
        bytes.CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    /// <summary>The bytes in place; in pieces where the message is.</summary>
    public static ReadOnlySequence<byte> ReadBinary(scoped ref this MessagePackReader reader) =>
        reader.ReadBytes() ?? throw new MessagePackSerializationException("nil where bytes are needed.");

    /// <summary>
    /// Longest list: over every limit of the parts that read them. It holds what a body can make us allocate to some 16 MiB, as an empty text is
    /// one byte on the wire and sixteen in memory.
    /// </summary>
    private const int MaxItems = 1 << 20;

    private const int FirstItems = 1024;

    private static readonly long MaxSeconds = (long)TimeSpan.FromDays(365).TotalSeconds;
}
