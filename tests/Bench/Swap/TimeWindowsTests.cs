using System.Diagnostics;
using Hybrid.Bench.Swap;

namespace Hybrid.Bench.Tests.Swap;

public sealed class TimeWindowsTests
{
    private readonly TimeWindows _windows = new();

    [Fact]
    public void Latencies_OfRequests_AreOfThoseThatWereAnsweredInAWindow()
    {
        var before = Now();
        var first = Now();
        _windows.EndNow(first);
        var between = Now();
        var second = Now();
        _windows.EndNow(second);
        var after = Now();

        // Whenever they began, and in whatever order they are told.
        var latencies = _windows.Latencies([Request(after, 400), Request(second, 40), Request(before, 100), Request(first, 10), Request(between, 200)]);

        Assert.Equal(2, latencies.Count);
        Assert.Equal(40, latencies.Max.TotalMilliseconds, tolerance: 0.01);
        Assert.Equal(25, latencies.Mean.TotalMilliseconds, tolerance: 0.01);
    }

    [Fact]
    public void Mean_OfWindows_IsThatOfTheirLengths()
    {
        var first = _windows.EndNow(Now() - Milliseconds(30));
        var second = _windows.EndNow(Now() - Milliseconds(10));

        Assert.InRange(first, TimeSpan.FromMilliseconds(30), TimeSpan.FromSeconds(10));
        Assert.Equal((first + second) / 2, _windows.Mean);
        Assert.Equal(2, _windows.Count);
    }

    [Fact]
    public void Windows_OfNone_HaveNothing()
    {
        Assert.Equal((0, TimeSpan.Zero), (_windows.Count, _windows.Mean));
        Assert.Equal(0, _windows.Latencies([Request(Now(), 1)]).Count);
    }

    private static AnsweredRequest Request(long end, int milliseconds) => new(end - Milliseconds(milliseconds), end);

    private static long Milliseconds(int count) => count * Stopwatch.Frequency / 1000;

    // No two the same, however coarse the clock is.
    private static long Now()
    {
        var begin = Stopwatch.GetTimestamp();
        SpinWait.SpinUntil(() => Stopwatch.GetTimestamp() > begin);
        return Stopwatch.GetTimestamp();
    }
}
