using System.Buffers;
using System.Numerics.Tensors;
using MessagePack;

namespace Hybrid.Bench.Codec;

/// <summary>MessagePack as a serializer writes such an object: arrays of numbers, each with its own code.</summary>
internal sealed class FloatArrayForm : IReplyForm
{
    private readonly ArrayBufferWriter<byte> _buffer = new(1 << 18);

    public int Length => _buffer.WrittenCount;

    public void Encode()
    {
        _buffer.ResetWrittenCount();
        var writer = new MessagePackWriter(_buffer);
        writer.WriteArrayHeader(6);
        writer.Write(SampleReply.Model);
        writer.Write(SampleReply.Version);
        writer.Write(SampleReply.Dimensions);
        writer.WriteArrayHeader(SampleReply.Count);
        foreach (var vector in SampleReply.Vectors)
        {
            writer.WriteArrayHeader(vector.Length);
            foreach (var value in vector)
            {
                writer.Write(value);
            }
        }

        writer.Write(SampleReply.TokenCounts.Sum());
        writer.WriteArrayHeader(SampleReply.Count);
        foreach (var count in SampleReply.TokenCounts)
        {
            writer.Write(count);
        }

        writer.Flush();
    }

    public float Decode()
    {
        var reader = new MessagePackReader(_buffer.WrittenMemory);
        reader.ReadArrayHeader();
        reader.ReadString();
        reader.ReadInt32();
        reader.ReadInt32();
        var sum = 0f;
        var vectors = new float[reader.ReadArrayHeader()][];
        for (var i = 0; i < vectors.Length; i++)
        {
            var vector = new float[reader.ReadArrayHeader()];
            for (var j = 0; j < vector.Length; j++)
            {
                vector[j] = reader.ReadSingle();
            }

            vectors[i] = vector;
            sum += TensorPrimitives.Sum(vector);
        }

        reader.ReadInt32();
        var counts = new int[reader.ReadArrayHeader()];
        for (var i = 0; i < counts.Length; i++)
        {
            counts[i] = reader.ReadInt32();
        }

        return sum;
    }
}
