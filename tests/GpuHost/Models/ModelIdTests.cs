using Hybrid.GpuHost.Models;

namespace Hybrid.GpuHost.Tests.Models;

public sealed class ModelIdTests
{
    [Theory]
    [InlineData("demo-embed", "1", true)]
    [InlineData("a.b_C-9", "2147483647", true)]
    [InlineData("..", "1", false)]
    [InlineData(".staging", "1", false)]
    [InlineData("a/b", "1", false)]
    [InlineData("a\\b", "1", false)]
    [InlineData("ä", "1", false)]
    [InlineData("", "1", false)]
    [InlineData("a", "0", false)]
    [InlineData("a", "01", false)]
    [InlineData("a", "-1", false)]
    [InlineData("a", "1.0", false)]
    [InlineData("a", "2147483648", false)]
    [InlineData("a", "", false)]
    public void TryParse_NamesFromOutside_TakesOnlySafeOnes(string name, string version, bool valid) =>
        Assert.Equal(valid, ModelId.TryParse(name, version, out _));
}
