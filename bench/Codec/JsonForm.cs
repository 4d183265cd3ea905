using System.Numerics.Tensors;
using System.Text.Json;

namespace Hybrid.Bench.Codec;

/// <summary>The object that one writes first, as System.Text.Json has it.</summary>
internal sealed class JsonForm : IReplyForm
{
    private readonly Reply _reply = new(
        SampleReply.Model, SampleReply.Version, SampleReply.Dimensions, SampleReply.Vectors, SampleReply.TokenCounts.Sum(), SampleReply.TokenCounts);

    private byte[] _bytes = [];

    public int Length => _bytes.Length;

    public void Encode() => _bytes = JsonSerializer.SerializeToUtf8Bytes(_reply);

    public float Decode()
    {
        var sum = 0f;
        foreach (var vector in JsonSerializer.Deserialize<Reply>(_bytes)!.Vectors)
        {
            sum += TensorPrimitives.Sum(vector);
        }

        return sum;
    }

    private sealed record Reply(string Model, int Version, int Dimensions, float[][] Vectors, int TokenCount, int[] TokenCounts);
}
