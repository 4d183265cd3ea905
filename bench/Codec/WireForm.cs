using System.Buffers;
using System.Numerics.Tensors;
using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Tasks;

namespace Hybrid.Bench.Codec;

/// <summary>What is shipped: written from the rows, read where it lies.</summary>
internal sealed class WireForm : IReplyForm
{
    private readonly ArrayBufferWriter<byte> _buffer = new(1 << 17);
    private readonly EmbedReplyRows _reply = new(
        SampleReply.Model,
        SampleReply.Version,
        SampleReply.Dimensions,
        Array.ConvertAll(SampleReply.Vectors, vector => (ReadOnlyMemory<float>)vector),
        SampleReply.TokenCounts.Sum(),
        default,
        SampleReply.TokenCounts);

    public int Length => _buffer.WrittenCount;

    public void Encode()
    {
        _buffer.ResetWrittenCount();
        Wire.Encode(_buffer, _reply);
    }

    public float Decode() => TensorPrimitives.Sum(Wire.Decode<EmbedReplyView>(_buffer.WrittenMemory).Vectors);
}
