using Hybrid.Contracts.Tensors;
using Hybrid.GpuHost.Models.Golden;

namespace Hybrid.GpuHost.Tests.Models.Golden;

public sealed class GoldenComparisonTests
{
    [Theory]
    [InlineData(1f, 1.0005f, null)]
    [InlineData(1f, 1.01f, "output 'y' has 1.0099999904632568 at element 1 where 1 was expected, within 0.001")]
    [InlineData(float.NaN, float.NaN, null)]
    [InlineData(1f, float.NaN, "output 'y' has NaN at element 1 where 1 was expected, within 0.001")]
    [InlineData(float.NaN, 1f, "output 'y' has 1 at element 1 where NaN was expected, within 0.001")]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity, null)]
    [InlineData(float.PositiveInfinity, float.NegativeInfinity, "output 'y' has -Infinity at element 1 where Infinity was expected, within 0.001")]
    public void Difference_OfFloats_IsOverTheTolerance(float expected, float actual, string? difference) =>
        Assert.Equal(difference, GoldenComparison.Difference([Floats(0, expected)], [Floats(0, actual)], 1e-3));

    [Fact]
    public void Difference_OfWholeNumbers_IsExact()
    {
        var expected = Tensor.Of("y", TensorType.Int64, [2], new long[] { 5, 7 });
        var actual = Tensor.Of("y", TensorType.Int64, [2], new long[] { 5, 8 });

        Assert.Null(GoldenComparison.Difference([expected], [expected], 10));
        Assert.Equal("output 'y' has another value at element 1", GoldenComparison.Difference([expected], [actual], 10));
    }

    [Fact]
    public void Difference_OfTexts_IsExact()
    {
        var expected = new Tensor("y", TensorType.Bytes, [2], (byte[])[1, 0, 0, 0, 97, 1, 0, 0, 0, 98]);
        var actual = new Tensor("y", TensorType.Bytes, [2], (byte[])[1, 0, 0, 0, 97, 1, 0, 0, 0, 99]);

        Assert.Null(GoldenComparison.Difference([expected], [expected], 0));
        Assert.Equal("output 'y' has another text at element 1", GoldenComparison.Difference([expected], [actual], 0));
    }

    [Fact]
    public void Difference_OfShapesTypesAndNames_IsSaid()
    {
        var output = Floats(1, 2);

        Assert.Equal("output 'y' is FP32 [2] where FP32 [1, 2] was expected", GoldenComparison.Difference([output with { Shape = [1, 2] }], [output], 1));
        Assert.Equal("output 'y' is FP32 [2] where INT32 [2] was expected", GoldenComparison.Difference([output with { Type = TensorType.Int32 }], [output], 1));
        Assert.Equal("there is no output 'z'", GoldenComparison.Difference([output with { Name = "z" }], [output], 1));
        Assert.Equal("its reply has no output", GoldenComparison.Difference([], [output], 1));
        Assert.Null(GoldenComparison.Difference([output], [Floats(9, 9) with { Name = "other" }, output], 0));
    }

    private static Tensor Floats(params float[] values) => Tensor.Of("y", TensorType.Fp32, [values.Length], values);
}
