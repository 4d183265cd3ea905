using Hybrid.GpuHost.Encoders;
using Hybrid.GpuHost.Models;

namespace Hybrid.GpuHost.Tests.Encoders;

public sealed class VectorPoolingTests
{
    // Three tokens of two dimensions.
    private static readonly float[] Tokens = [3, 0, 0, 4, 6, 8];

    [Theory]
    [InlineData(Pooling.Mean, 9, 12)]
    [InlineData(Pooling.Cls, 3, 0)]
    [InlineData(Pooling.Max, 6, 8)]
    [InlineData(Pooling.LastToken, 6, 8)]
    public void Pool_Tokens_GivesTheirDirection(Pooling pooling, float x, float y)
    {
        var vector = new float[2];
        VectorPooling.Pool(pooling, Tokens, vector);

        var norm = MathF.Sqrt((x * x) + (y * y));
        Assert.Equal([x / norm, y / norm], vector);
    }

    [Fact]
    public void Normalize_Zeros_StayZeros()
    {
        float[] vector = [0, 0];
        VectorPooling.Normalize(vector);
        Assert.Equal([0f, 0f], vector);
    }
}
