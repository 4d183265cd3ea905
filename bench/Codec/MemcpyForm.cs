using System.Numerics.Tensors;

namespace Hybrid.Bench.Codec;

/// <summary>The limit: the values alone in one block, copied once by the runtime's own memcpy.</summary>
internal sealed class MemcpyForm : IReplyForm
{
    private readonly float[] _from = [.. SampleReply.Vectors.SelectMany(vector => vector)];
    private readonly float[] _to = new float[SampleReply.Count * SampleReply.Dimensions];

    public void Encode() => _from.AsSpan().CopyTo(_to);

    public float Decode() => TensorPrimitives.Sum(_to);
}
