using Hybrid.Orchestrations.Dispatch.Hedging;
using Microsoft.Extensions.Time.Testing;

namespace Hybrid.Orchestrations.Tests.Dispatch.Hedging;

public sealed class LatencyWindowTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly LatencyWindow _window;

    public LatencyWindowTests() => _window = new LatencyWindow(_time);

    [Fact]
    public void P95_OfTooFew_IsUnknown()
    {
        Record(LatencyWindow.Fewest - 1, TimeSpan.FromMilliseconds(5));
        Assert.Null(_window.P95);
        Record(1, TimeSpan.FromMilliseconds(5));
        Assert.NotNull(_window.P95);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 50)]
    [InlineData(3, 3000)]
    public void P95_OfHeavyTails_IsTheirsWithinABucket(int seed, double medianMs)
    {
        var dice = new Random(seed);
        var durations = Enumerable.Range(0, 4000)
            .Select(_ => TimeSpan.FromMilliseconds(medianMs * Math.Exp(1.5 * Math.Sqrt(-2 * Math.Log(1 - dice.NextDouble())) * Math.Cos(2 * Math.PI * dice.NextDouble()))))
            .ToArray();
        Array.ForEach(durations, _window.Record);

        var exact = durations.Order().ElementAt((int)(durations.Length * 0.95) - 1);
        Assert.InRange(_window.P95!.Value / exact, 0.999, 1.07);
    }

    [Fact]
    public void P95_AfterAChange_IsOfTheNewTimeWithinTwoTurns()
    {
        Record(1000, TimeSpan.FromSeconds(1));
        for (var turn = 0; turn < 2; turn++)
        {
            _time.Advance(LatencyWindow.Turn);
            Record(1000, TimeSpan.FromMilliseconds(10));
        }

        Assert.InRange(_window.P95!.Value.TotalMilliseconds, 10, 10.7);
    }

    [Fact]
    public void P95_InQuietTimes_IsNotForgotten()
    {
        Record(LatencyWindow.Fewest, TimeSpan.FromMilliseconds(10));
        for (var hour = 0; hour < 5; hour++)
        {
            _time.Advance(TimeSpan.FromHours(1));
            Record(1, TimeSpan.FromMilliseconds(10));
            Assert.InRange(_window.P95!.Value.TotalMilliseconds, 10, 10.7);
        }
    }

    [Fact]
    public void Record_AnyDuration_DoesNotThrow()
    {
        foreach (var duration in (TimeSpan[])[TimeSpan.Zero, TimeSpan.FromTicks(-1), TimeSpan.FromTicks(1), TimeSpan.FromDays(1), TimeSpan.MaxValue])
        {
            Record(LatencyWindow.Fewest, duration);
        }

        Assert.True(_window.P95 > TimeSpan.FromHours(1));
    }

    [Fact]
    public void Record_AllocatesNothing()
    {
        Record(1000, TimeSpan.FromMilliseconds(1));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Record(1000, TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private void Record(int times, TimeSpan duration)
    {
        for (var i = 0; i < times; i++)
        {
            _window.Record(duration);
        }
    }
}
