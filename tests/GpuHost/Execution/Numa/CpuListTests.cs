using Hybrid.GpuHost.Execution.Numa;

namespace Hybrid.GpuHost.Tests.Execution.Numa;

public sealed class CpuListTests
{
    [Theory]
    [InlineData("0-3,8,10-11\n", new[] { 0, 1, 2, 3, 8, 10, 11 })]
    [InlineData("5", new[] { 5 })]
    [InlineData("4-5,0-1,1", new[] { 0, 1, 4, 5 })]
    [InlineData("", new int[0])]
    [InlineData("\n", new int[0])]
    [InlineData("0-", new int[0])]
    [InlineData("0-1-2", new int[0])]
    [InlineData("all", new int[0])]
    [InlineData("0-99999999", new int[0])]
    public void Parse_AnyText_GivesItsProcessorsOrNone(string text, int[] expected) => Assert.Equal(expected, CpuList.Parse(text));
}
