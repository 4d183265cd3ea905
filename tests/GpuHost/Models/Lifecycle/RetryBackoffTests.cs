using Hybrid.GpuHost.Models.Lifecycle;

namespace Hybrid.GpuHost.Tests.Models.Lifecycle;

public sealed class RetryBackoffTests
{
    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 10)]
    [InlineData(3, 20)]
    [InlineData(7, 300)]
    [InlineData(5000, 300)]
    public void After_SoManyFailures_DoublesUpToTheLongest(int failures, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), RetryBackoff.After(failures, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5)));
}
