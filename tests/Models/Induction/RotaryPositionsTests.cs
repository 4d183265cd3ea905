using Hybrid.Models.Induction;

namespace Hybrid.Models.Tests.Induction;

public sealed class RotaryPositionsTests
{
    [Fact]
    public void Distances_OtherThanNone_ResembleItNoMoreThanPromised()
    {
        for (var distance = 1; distance < GenerateModel.MaxTokens; distance++)
        {
            var resemblance = RotaryPositions.Distances.Average(frequency => Math.Cos(frequency * distance));

            Assert.InRange(resemblance, -1, RotaryPositions.LargestResemblance);
        }
    }

    [Fact]
    public void Slow_OverTheLongestContext_GrowsWithTheDistance()
    {
        var frequency = RotaryPositions.Slow(GenerateModel.MaxTokens);
        var sines = Enumerable.Range(0, GenerateModel.MaxTokens).Select(distance => Math.Sin(frequency * distance)).ToArray();

        Assert.Equal(sines.Order(), sines);
    }
}
