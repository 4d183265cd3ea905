using System.Buffers.Binary;
using System.Text;

namespace Hybrid.Orchestrations.Retrieval;

/// <summary>Reads an index's fields one after the other; never past the end, and never allocates for what is not there.</summary>
internal ref struct IndexReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool AtEnd => _rest.IsEmpty;

    public int ReadCount(int max)
    {
        var value = BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));
        return value <= max ? (int)value : throw new InvalidDataException($"a count of {value} stands in it");
    }

    public string ReadText()
    {
        try
        {
            return StrictUtf8.GetString(Take(ReadCount(int.MaxValue)));
        }
        catch (DecoderFallbackException)
        {
            throw new InvalidDataException("a text in it is not UTF-8");
        }
    }

    public float[] ReadFloats(long count)
    {
        var source = Take(count * sizeof(float));
        var values = new float[count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = BinaryPrimitives.ReadSingleLittleEndian(source[(i * sizeof(float))..]);
        }

        return values;
    }

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private ReadOnlySpan<byte> Take(long count)
    {
        if (count > _rest.Length)
        {
            throw new InvalidDataException($"{count} bytes are missing near its end");
        }

        var taken = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return taken;
    }
}
