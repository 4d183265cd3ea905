using Hybrid.Models.Induction;

namespace Hybrid.Models.Tests.Induction;

public sealed class TokenCodesTests
{
    [Fact]
    public void Codes_AnyTwo_HaveNoLargerCosineThanPromised()
    {
        var codes = Enumerable.Range(0, TokenCodes.Count).Select(Code).ToArray();
        for (var i = 0; i < codes.Length; i += 7)
        {
            for (var j = 0; j < i; j++)
                Assert.InRange(Dot(codes[i], codes[j]), -TokenCodes.LargestCosine, TokenCodes.LargestCosine);
        }
    }

    [Fact]
    public void Code_Any_HasUnitLength() =>
        Assert.All(Enumerable.Range(0, TokenCodes.Count), index => Assert.Equal(1, Dot(Code(index), Code(index))));

    [Fact]
    public void Code_BeyondTheLast_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => Code(TokenCodes.Count));

    private static float[] Code(int index)
    {
        var code = new float[TokenCodes.Dimensions];
        TokenCodes.Write(index, code);
        return code;
    }

    private static float Dot(float[] a, float[] b)
    {
        var sum = 0f;
        for (var i = 0; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }
}
