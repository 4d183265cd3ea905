using Hybrid.GpuHost.Execution.Binding;

namespace Hybrid.GpuHost.Tests.Execution.Binding;

public sealed class PeakMemoryTests
{
    private const long Large = 100 << 20;
    private const long Small = 1 << 20;

    [Fact]
    public void IsWorthShrinking_SmallRunsAfterALargeOne_OnceWhenItWasLongAgo()
    {
        var peak = new PeakMemory();
        Assert.False(peak.IsWorthShrinking(Large));

        var shrinks = Enumerable.Range(0, 4 * PeakMemory.Patience).Count(_ => peak.IsWorthShrinking(Small));

        Assert.Equal(1, shrinks);
    }

    [Fact]
    public void IsWorthShrinking_LargeRunsNowAndThen_Never()
    {
        var peak = new PeakMemory();

        Assert.DoesNotContain(Enumerable.Range(0, 2000), i => peak.IsWorthShrinking(i % 200 == 0 ? Large : Small));
    }

    [Fact]
    public void IsWorthShrinking_AllSmall_Never()
    {
        var peak = new PeakMemory();

        Assert.DoesNotContain(Enumerable.Range(0, 2000), i => peak.IsWorthShrinking(i == 0 ? 4000 : 10));
    }
}
