using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;

namespace Hybrid.Orchestrations.Retrieval;

/// <summary>
/// The form of an index in a blob. Little-endian throughout; a text is its length in bytes (uint32) and its UTF-8:
/// <code>
/// "HVIX"  uint16 version = 1  uint16 reserved = 0  uint32 dimensions  uint32 count  text model
/// count × dimensions float32, row by row
/// count × { text id, text title, text text, uint32 pairs, pairs × { text key, text value } }
/// SHA-256 over all of the above (32 bytes)
/// </code>
/// </summary>
public static class IndexFormat
{
    /// <summary>The version that is written; the only one that is read.</summary>
    public const ushort Version = 1;

    public static byte[] Write(VectorIndex index)
    {
        var buffer = new ArrayBufferWriter<byte>((index.Count * index.Dimensions * sizeof(float)) + 4096);
        buffer.Write(Magic);
        WriteUInt32(buffer, Version);
        WriteUInt32(buffer, (uint)index.Dimensions);
        WriteUInt32(buffer, (uint)index.Count);
        WriteText(buffer, index.Model);
        for (var row = 0; row < index.Count; row++)
        {
            WriteVector(buffer, index.Vector(row));
        }

        foreach (var document in index.Documents)
        {
            WriteText(buffer, document.Id);
            WriteText(buffer, document.Title);
            WriteText(buffer, document.Text);
            WriteUInt32(buffer, (uint)document.Metadata.Count);
            foreach (var (key, value) in document.Metadata)
            {
                WriteText(buffer, key);
                WriteText(buffer, value);
            }
        }

        SHA256.HashData(buffer.WrittenSpan, buffer.GetSpan(SHA256.HashSizeInBytes));
        buffer.Advance(SHA256.HashSizeInBytes);
        return buffer.WrittenSpan.ToArray();
    }

    /// <exception cref="InvalidDataException">The bytes are not an index, not whole, or of another version. Says which.</exception>
    public static VectorIndex Read(ReadOnlySpan<byte> bytes)
    {
        // 1. What can be said without the checksum, so that the message names the real trouble.
        if (bytes.Length < HeaderBytes + SHA256.HashSizeInBytes || !bytes.StartsWith(Magic))
        {
            throw new InvalidDataException("it does not begin like a vector index");
        }

        var version = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        if (version != Version)
        {
            throw new InvalidDataException($"it has format version {version}, but this program reads version {Version}");
        }

        // 2. The checksum: after it lengths can be trusted not to be damage, though they are still checked.
        var content = bytes[..^SHA256.HashSizeInBytes];
        if (!SHA256.HashData(content).AsSpan().SequenceEqual(bytes[content.Length..]))
        {
            throw new InvalidDataException("its checksum does not fit its content");
        }

        // 3. The content.
        var reader = new IndexReader(content[8..]);
        var dimensions = reader.ReadCount(int.MaxValue);
        var count = reader.ReadCount(int.MaxValue);
        var model = reader.ReadText();
        if (dimensions == 0 || model.Length == 0)
        {
            throw new InvalidDataException("it names no model or no dimensions");
        }

        var rows = reader.ReadFloats((long)dimensions * count);
        var documents = new IndexedDocument[count];
        var ids = new HashSet<string>(count, StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            documents[i] = ReadDocument(ref reader);
            if (!ids.Add(documents[i].Id))
            {
                throw new InvalidDataException($"document '{documents[i].Id}' is in it twice");
            }
        }

        return reader.AtEnd
            ? new VectorIndex(model, dimensions, rows, documents)
            : throw new InvalidDataException("it goes on after its last document");
    }

    private static readonly byte[] Magic = [(byte)'H', (byte)'V', (byte)'I', (byte)'X'];

    // magic, version and reserved, dimensions, count
    private const int HeaderBytes = 16;

    private static IndexedDocument ReadDocument(ref IndexReader reader)
    {
        var (id, title, text) = (reader.ReadText(), reader.ReadText(), reader.ReadText());
        var pairs = reader.ReadCount(int.MaxValue);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < pairs; i++)
        {
            metadata[reader.ReadText()] = reader.ReadText();
        }

        return new IndexedDocument(id, title, text, metadata);
    }

    private static void WriteUInt32(ArrayBufferWriter<byte> buffer, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(buffer.GetSpan(sizeof(uint)), value);
        buffer.Advance(sizeof(uint));
    }

    private static void WriteText(ArrayBufferWriter<byte> buffer, string text)
    {
        var bytes = Encoding.UTF8.GetByteCount(text);
        WriteUInt32(buffer, (uint)bytes);
        Utf8.FromUtf16(text, buffer.GetSpan(bytes), out _, out var written);
        buffer.Advance(written);
    }

    private static void WriteVector(ArrayBufferWriter<byte> buffer, ReadOnlySpan<float> vector)
    {
        var span = buffer.GetSpan(vector.Length * sizeof(float));
        for (var i = 0; i < vector.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(span[(i * sizeof(float))..], vector[i]);
        }

        buffer.Advance(vector.Length * sizeof(float));
    }
}
