using Hybrid.Orchestrations.Dispatch;
using Microsoft.Extensions.Time.Testing;

namespace Hybrid.Orchestrations.Tests.Dispatch;

public sealed class HostBreakerTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly HostBreaker _breaker;

    public HostBreakerTests() => _breaker = new HostBreaker(
        new GpuPoolOptions { BreakerFailures = 3, BreakerBreak = TimeSpan.FromSeconds(1), BreakerLongestBreak = TimeSpan.FromSeconds(3) }, _time);

    [Fact]
    public void Failures_InARow_OpenIt()
    {
        Fail(2);
        Assert.Equal(BreakerState.Closed, _breaker.State);
        Fail(1);
        Assert.Equal(BreakerState.Open, _breaker.State);
    }

    [Fact]
    public void Failures_WithASuccessBetween_DoNot()
    {
        Fail(2);
        _breaker.Succeeded(_breaker.Epoch);
        Fail(2);
        Assert.Equal(BreakerState.Closed, _breaker.State);
    }

    [Fact]
    public void Outruns_OfAMoment_DoNotOpenIt_OfASecondDo()
    {
        for (var i = 0; i < 100; i++)
        {
            _breaker.Outrun(_breaker.Epoch);
        }

        Assert.Equal(BreakerState.Closed, _breaker.State);
        _time.Advance(TimeSpan.FromSeconds(1));
        _breaker.Outrun(_breaker.Epoch);
        Assert.Equal(BreakerState.Open, _breaker.State);
    }

    [Fact]
    public void Health_BeforeTheBreakIsOver_ChangesNothing()
    {
        Fail(3);
        _time.Advance(TimeSpan.FromMilliseconds(999));
        _breaker.Healthy();
        Assert.Equal(BreakerState.Open, _breaker.State);
    }

    [Fact]
    public void Time_WithoutHealth_ChangesNothing()
    {
        Fail(3);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(BreakerState.Open, _breaker.State);
    }

    [Fact]
    public void Trial_IsOneAtATime()
    {
        HalfOpen(TimeSpan.FromSeconds(1));

        Assert.True(_breaker.TryBeginTrial());
        Assert.False(_breaker.TryBeginTrial());
        _breaker.ShowedNothing(_breaker.Epoch, wasTrial: false);
        Assert.False(_breaker.TryBeginTrial());
        _breaker.ShowedNothing(_breaker.Epoch, wasTrial: true);
        Assert.True(_breaker.TryBeginTrial());
    }

    [Fact]
    public void Trial_ThatSucceeds_Closes()
    {
        HalfOpen(TimeSpan.FromSeconds(1));
        _breaker.TryBeginTrial();
        _breaker.Succeeded(_breaker.Epoch);

        Assert.True(_breaker.IsClean);
    }

    [Fact]
    public void Trials_ThatFail_DoubleTheBreakUpToItsLongest()
    {
        HalfOpen(TimeSpan.FromSeconds(1));
        foreach (var seconds in (int[])[2, 3, 3])
        {
            Fail(1);
            _time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
            _breaker.Healthy();
            Assert.Equal(BreakerState.Open, _breaker.State);
            _time.Advance(TimeSpan.FromMilliseconds(1));
            _breaker.Healthy();
            Assert.Equal(BreakerState.HalfOpen, _breaker.State);
        }
    }

    [Fact]
    public void Success_EndsTheDoubling()
    {
        HalfOpen(TimeSpan.FromSeconds(1));
        Fail(1);
        _time.Advance(TimeSpan.FromSeconds(2));
        _breaker.Healthy();
        _breaker.Succeeded(_breaker.Epoch);

        HalfOpen(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Results_OfAttemptsFromBeforeAChange_CountForNothing()
    {
        var before = _breaker.Epoch;
        HalfOpen(TimeSpan.FromSeconds(1));
        Assert.True(_breaker.TryBeginTrial());

        _breaker.Failed(before);
        _breaker.Outrun(before);
        _breaker.Succeeded(before);
        _breaker.ShowedNothing(before, wasTrial: true);

        Assert.Equal(BreakerState.HalfOpen, _breaker.State);
        Assert.False(_breaker.TryBeginTrial());
    }

    private void HalfOpen(TimeSpan after)
    {
        Fail(3);
        _time.Advance(after);
        _breaker.Healthy();
        Assert.Equal(BreakerState.HalfOpen, _breaker.State);
    }

    private void Fail(int times)
    {
        for (var i = 0; i < times; i++)
        {
            _breaker.Failed(_breaker.Epoch);
        }
    }
}
