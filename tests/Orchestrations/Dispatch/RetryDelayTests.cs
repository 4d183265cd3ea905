using Hybrid.Orchestrations.Dispatch;

namespace Hybrid.Orchestrations.Tests.Dispatch;

public sealed class RetryDelayTests
{
    [Theory]
    [InlineData(1, 0, 50)]
    [InlineData(1, 0.5, 37.5)]
    [InlineData(2, 0, 100)]
    [InlineData(5, 0, 800)]
    [InlineData(6, 0, 1000)]
    [InlineData(50, 0, 1000)]
    public void Compute_WithoutAWish_DoublesToASecondLessJitter(int failures, double jitter, double milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), RetryDelay.Compute(failures, null, jitter));

    [Fact]
    public void Compute_WithALongerWish_HeedsIt() =>
        Assert.Equal(TimeSpan.FromSeconds(7), RetryDelay.Compute(1, TimeSpan.FromSeconds(7), 0.9));
}
