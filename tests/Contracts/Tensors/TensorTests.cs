using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tensors;

namespace Hybrid.Contracts.Tests.Tensors;

public sealed class TensorTests
{
    [Fact]
    public void Type_ByItsName_IsFoundAndNamedBack() =>
        Assert.All(Enum.GetValues<TensorType>(), type => Assert.Equal(type, TensorTypes.Parse(type.ToName())));

    [Theory]
    [InlineData("fp32")]
    [InlineData("FLOAT")]
    [InlineData("")]
    [InlineData("11")]
    public void Type_OfAnotherName_IsInvalid(string name) => Assert.Throws<HybridException>(() => TensorTypes.Parse(name));

    [Fact]
    public void Scalar_HasOneElement() => Assert.Equal(1, Tensor.Of("x", TensorType.Int32, [], [42]).Count);

    [Fact]
    public void EmptyDimension_HasNoElement() => Assert.Equal(0, Tensor.Of<float>("x", TensorType.Fp32, [0, 7], []).Count);

    [Theory]
    [InlineData(-1, 2)]
    [InlineData(long.MaxValue, 2)]
    [InlineData(65536, 65536)]
    public void Shape_NegativeOrTooLarge_IsInvalid(long rows, long columns)
    {
        var tensor = new Tensor("x", TensorType.Uint8, [rows, columns], ReadOnlyMemory<byte>.Empty);

        Assert.Throws<HybridException>(tensor.Checked);
    }

    [Fact]
    public void Elements_AsTheirType_AreThoseGiven() =>
        Assert.Equal([1.5, -2], Tensor.Of("x", TensorType.Fp64, [2], [1.5, -2]).As<double>().ToArray());
}
