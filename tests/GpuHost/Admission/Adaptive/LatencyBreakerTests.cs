using FsCheck;
using FsCheck.Fluent;
using Hybrid.GpuHost.Admission.Adaptive;

namespace Hybrid.GpuHost.Tests.Admission.Adaptive;

public sealed class LatencyBreakerTests
{
    private static readonly AdaptiveLimiterOptions Options = new();
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData("sss", BreakerState.Open)]
    [InlineData("ss", BreakerState.Closed)]
    [InlineData("sshss", BreakerState.Closed)]
    [InlineData("hhsss", BreakerState.Open)]
    public void Closed_AfterEvaluations_IsOpenAfterThreeSlowInARow(string evaluations, BreakerState expected)
    {
        var breaker = new LatencyBreaker(Options);

        foreach (var evaluation in evaluations)
        {
            breaker.Judge(evaluation == 's', TimeSpan.Zero);
        }

        Assert.Equal(expected, breaker.State);
    }

    [Theory]
    [InlineData("gggggg", BreakerState.Closed)]
    [InlineData("bbgggggg", BreakerState.Closed)]
    [InlineData("bbbbb", BreakerState.Open)]
    [InlineData("gbgbgbgbb", BreakerState.Open)]
    [InlineData("gggggbbbb", BreakerState.HalfOpen)]
    public void HalfOpen_AfterProbes_FollowsTwoThirdsAndHalf(string probes, BreakerState expected)
    {
        var breaker = Opened();
        var now = Options.OpenDuration;

        foreach (var probe in probes)
        {
            breaker.EndProbe(breaker.BeginProbe(now, Patience, out _), probe == 'g', now);
        }

        Assert.Equal(expected, breaker.State);
    }

    [Fact]
    public void HalfOpen_WhenARoundDecidesNothing_BeginsAnother()
    {
        // Five probes: three good are short of two thirds, two bad are short of half.
        var breaker = Opened(new AdaptiveLimiterOptions { ProbeCount = 5 });
        foreach (var good in new[] { true, false, true, false, true })
        {
            breaker.EndProbe(breaker.BeginProbe(Options.OpenDuration, Patience, out _), good, Options.OpenDuration);
        }

        Assert.Equal(BreakerState.HalfOpen, breaker.State);
        Assert.NotEqual(0, breaker.BeginProbe(Options.OpenDuration, Patience, out _));
    }

    [Fact]
    public void Open_BeforeItsTime_SendsNoProbeAndSaysWhen()
    {
        var breaker = Opened();

        Assert.Equal(0, breaker.BeginProbe(TimeSpan.FromSeconds(2), Patience, out var retryAfter));
        Assert.Equal(TimeSpan.FromSeconds(3), retryAfter);
    }

    [Fact]
    public void Probe_WithoutAnAnswerForTooLong_HasFailedAndItsAnswerComesTooLate()
    {
        var breaker = Opened();
        var now = Options.OpenDuration;
        var stuck = new List<int>();
        for (var i = 0; i < 5; i++)
        {
            stuck.Add(breaker.BeginProbe(now, Patience, out _));
            now += Patience + TimeSpan.FromTicks(1);
        }

        Assert.Equal(0, breaker.BeginProbe(now, Patience, out _));
        Assert.Equal(BreakerState.Open, breaker.State);
        Assert.All(stuck, probe => Assert.False(breaker.EndProbe(probe, success: true, now)));
        Assert.Equal(BreakerState.Open, breaker.State);
    }

    [Fact]
    public void Probe_TakenBack_MakesRoomForAnother()
    {
        var breaker = Opened();
        var probe = breaker.BeginProbe(Options.OpenDuration, Patience, out _);
        Assert.Equal(0, breaker.BeginProbe(Options.OpenDuration, Patience, out _));

        Assert.True(breaker.TakeBackProbe(probe));

        Assert.NotEqual(0, breaker.BeginProbe(Options.OpenDuration, Patience, out _));
    }

    private enum Step
    {
        BeginProbe,
        GoodAnswer,
        BadAnswer,
        TakeBack,
        AShortTime,
        ALongTime,
    }

    [Fact]
    public void NotClosed_WhateverHappens_HasOneAwaitedProbeAtMostAndNoneWhileOpen() =>
        Prop.ForAll(ArbMap.Default.ArbFor<Step[]>(), steps =>
        {
            var breaker = Opened();
            var openUntil = Options.OpenDuration;
            var now = TimeSpan.Zero;
            var awaited = new List<(int Probe, TimeSpan Began)>();
            foreach (var step in steps.TakeWhile(_ => breaker.State != BreakerState.Closed))
            {
                var epoch = breaker.Epoch;
                switch (step)
                {
                    case Step.BeginProbe:
                        var probe = breaker.BeginProbe(now, Patience, out var retryAfter);
                        awaited.RemoveAll(old => now - old.Began > Patience);
                        if ((probe == 0) == (retryAfter == TimeSpan.Zero) || (probe != 0 && (now < openUntil || awaited.Count > 0)))
                        {
                            return false;
                        }

                        awaited.AddRange(probe == 0 ? [] : [(probe, now)]);
                        break;
                    case Step.TakeBack when awaited.Count > 0:
                        breaker.TakeBackProbe(awaited[0].Probe);
                        awaited.Clear();
                        break;
                    case Step.GoodAnswer or Step.BadAnswer when awaited.Count > 0:
                        breaker.EndProbe(awaited[0].Probe, step == Step.GoodAnswer, now);
                        awaited.Clear();
                        break;
                    case Step.AShortTime:
                        now += TimeSpan.FromMilliseconds(300);
                        break;
                    case Step.ALongTime:
                        now += TimeSpan.FromSeconds(3);
                        break;
                }

                openUntil = breaker.Epoch == epoch ? openUntil : now + Options.OpenDuration;
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000).WithEndSize(200));

    private static LatencyBreaker Opened(AdaptiveLimiterOptions? options = null)
    {
        var breaker = new LatencyBreaker(options ?? Options);
        for (var i = 0; i < Options.SlowEvaluations; i++)
        {
            breaker.Judge(slow: true, TimeSpan.Zero);
        }

        Assert.Equal(BreakerState.Open, breaker.State);
        return breaker;
    }
}
