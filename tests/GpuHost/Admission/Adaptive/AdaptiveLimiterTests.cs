using Hybrid.GpuHost.Admission.Adaptive;
using Microsoft.Extensions.Time.Testing;

namespace Hybrid.GpuHost.Tests.Admission.Adaptive;

public sealed class AdaptiveLimiterTests
{
    private static readonly AdaptiveLimiterOptions Options = new() { LatencyFloor = TimeSpan.FromMilliseconds(100), InitialConcurrency = 20 };
    private readonly FakeTimeProvider _time = new();
    private AdaptiveLimiter _limiter;

    public AdaptiveLimiterTests() => _limiter = new AdaptiveLimiter(Options, _time);

    [Fact]
    public void Requests_OfNormalLatency_AreLearned()
    {
        Serve(seconds: 10, latencyMs: 200);

        Assert.Equal(BreakerState.Closed, _limiter.Snapshot().State);
        Assert.InRange(_limiter.Snapshot().HealthyMedian.TotalMilliseconds, 194, 206);
        Assert.InRange(_limiter.Snapshot().Threshold.TotalMilliseconds, 194, 206);
        Assert.InRange(_limiter.Snapshot().SlowLatency.TotalMilliseconds, 582, 618);
    }

    [Fact]
    public void Requests_ThatTakeMinutesBeforeAnyIsLearned_AreWaitedFor()
    {
        var first = _limiter.TryAcquire().Lease;
        var second = _limiter.TryAcquire().Lease;
        _time.Advance(TimeSpan.FromMinutes(1));

        first.Complete(AdmissionOutcome.Succeeded);
        second.Complete(AdmissionOutcome.Succeeded);

        Assert.Equal((0, BreakerState.Closed), (_limiter.Snapshot().InFlight, _limiter.Snapshot().State));
    }

    [Fact]
    public void SlowRequests_ForThreeSeconds_OpenAndAreNotLearned()
    {
        Serve(seconds: 10, latencyMs: 200);
        var healthy = _limiter.Snapshot();

        Serve(seconds: 2, latencyMs: 2000);
        Assert.Equal(BreakerState.Closed, _limiter.Snapshot().State);
        Serve(seconds: 1, latencyMs: 2000);

        Assert.Equal(BreakerState.Open, _limiter.Snapshot().State);
        Assert.Equal(1, _limiter.Snapshot().Opens);
        Assert.Equal(healthy.HealthyMedian, _limiter.Snapshot().HealthyMedian);
        Assert.Equal(healthy.Threshold, _limiter.Snapshot().Threshold);
        var rejected = _limiter.TryAcquire();
        Assert.Equal(RejectReason.LatencyOpen, rejected.Reason);
        Assert.InRange(rejected.RetryAfter, TimeSpan.FromTicks(1), Options.OpenDuration);
    }

    [Fact]
    public void FastRequests_TenTimesSlowerButUnderTheFloor_ChangeNothing()
    {
        Serve(seconds: 10, latencyMs: 5);
        Serve(seconds: 20, latencyMs: 50);

        Assert.Equal(BreakerState.Closed, _limiter.Snapshot().State);
    }

    [Fact]
    public void Requests_TwentyTimesAsLargeAndAsSlow_ChangeNothing()
    {
        Serve(seconds: 10, latencyMs: 200);
        Serve(seconds: 30, latencyMs: 4000, work: 20);

        Assert.Equal(BreakerState.Closed, _limiter.Snapshot().State);
        Assert.InRange(_limiter.Snapshot().HealthyMedian.TotalMilliseconds, 190, 210);
    }

    [Fact]
    public void Requests_TwentyTimesAsLargeOnASlowServer_Open()
    {
        Serve(seconds: 10, latencyMs: 1000, work: 20);
        Serve(seconds: 20, latencyMs: 10_000, work: 20);

        Assert.NotEqual(BreakerState.Closed, _limiter.Snapshot().State);
    }

    [Fact]
    public void Requests_GivenUpAtTheirDeadline_CountForAsLongAsTheyTook()
    {
        Serve(seconds: 10, latencyMs: 200);
        Serve(seconds: 5, latencyMs: 10, AdmissionOutcome.TimedOut);
        Assert.Equal(BreakerState.Closed, _limiter.Snapshot().State);

        Serve(seconds: 6, latencyMs: 2000, AdmissionOutcome.TimedOut);
        Assert.Equal(BreakerState.Open, _limiter.Snapshot().State);
    }

    [Fact]
    public void Server_ThatCompletesNothing_IsFoundByTheAgesOfWhatItHolds()
    {
        Serve(seconds: 10, latencyMs: 200);

        for (var i = 0; i < 40 && _limiter.Snapshot().State == BreakerState.Closed; i++)
        {
            _limiter.TryAcquire();
            _time.Advance(TimeSpan.FromMilliseconds(200));
        }

        Assert.Equal(BreakerState.Open, _limiter.Snapshot().State);
    }

    [Fact]
    public void Server_ThatFailsFast_OpensToo()
    {
        Serve(seconds: 10, latencyMs: 20);
        Serve(seconds: 4, latencyMs: 1, AdmissionOutcome.Failed);

        Assert.Equal(BreakerState.Open, _limiter.Snapshot().State);
    }

    [Fact]
    public void Departures_OfClients_SayNothing()
    {
        Serve(seconds: 10, latencyMs: 20);
        Serve(seconds: 10, latencyMs: 1, AdmissionOutcome.Abandoned);

        Assert.Equal(BreakerState.Closed, _limiter.Snapshot().State);
        Assert.InRange(_limiter.Snapshot().HealthyMedian.TotalMilliseconds, 19, 21);
    }

    [Fact]
    public void Open_OnceTheServerIsWell_ClosesAfterSixGoodProbesOneByOne()
    {
        Serve(seconds: 10, latencyMs: 200);
        var limit = _limiter.Snapshot().Limit;
        Serve(seconds: 6, latencyMs: 2000);
        _time.Advance(Options.OpenDuration);

        for (var i = 0; i < 6; i++)
        {
            var probe = _limiter.TryAcquire();
            Assert.True(probe.IsAdmitted);
            Assert.Equal(BreakerState.HalfOpen, _limiter.Snapshot().State);
            Assert.Equal(RejectReason.LatencyOpen, _limiter.TryAcquire().Reason);
            _time.Advance(TimeSpan.FromMilliseconds(200));
            probe.Lease.Complete(AdmissionOutcome.Succeeded);
        }

        Assert.Equal(BreakerState.Closed, _limiter.Snapshot().State);
        Assert.Equal(limit, _limiter.Snapshot().Limit);
    }

    [Fact]
    public void Workload_SlowerForGood_IsLetInAgainAndLearned()
    {
        Serve(seconds: 10, latencyMs: 200);
        Serve(seconds: 300, latencyMs: 2000);
        Assert.Equal(0, _limiter.Snapshot().Relearns);

        Serve(seconds: 60, latencyMs: 2000);

        Assert.Equal(1, _limiter.Snapshot().Relearns);
        Assert.Equal(BreakerState.Closed, _limiter.Snapshot().State);
        Assert.InRange(_limiter.Snapshot().HealthyMedian.TotalMilliseconds, 1900, 2100);
    }

    [Fact]
    public void Limit_WhileItIsUsedAndLatencyIsNormal_Doubles()
    {
        Serve(seconds: 4, latencyMs: 20, atOnce: Options.InitialConcurrency);

        Assert.InRange(_limiter.Snapshot().Limit, 2 * Options.InitialConcurrency, Options.MaxConcurrency);
    }

    [Fact]
    public void Limit_OfWhichLittleIsUsed_RestsAtWhatOneLaneCouldAnswer()
    {
        Serve(seconds: 10, latencyMs: 20);
        Assert.Equal(Options.InitialConcurrency, _limiter.Snapshot().Limit);

        Serve(seconds: 60, latencyMs: 2);
        Assert.InRange(_limiter.Snapshot().Limit, 48, 52);
    }

    [Fact]
    public void Flood_OverALimitThatIsTooHigh_IsCutFromWhatWasUsed()
    {
        _limiter = new AdaptiveLimiter(new() { LatencyFloor = Options.LatencyFloor, InitialConcurrency = 200 }, _time);
        Serve(seconds: 10, latencyMs: 20);

        // Four times as many come, and some forty wait: less than half of the limit.
        Serve(seconds: 2, latencyMs: 1000, atOnce: 4);

        Assert.InRange(_limiter.Snapshot().Limit, Options.MinConcurrency, 40);
    }

    [Fact]
    public void Limit_Reached_RejectsUntilAPlaceIsFree()
    {
        var leases = Enumerable.Range(0, Options.InitialConcurrency).Select(_ => _limiter.TryAcquire()).ToArray();
        Assert.All(leases, lease => Assert.True(lease.IsAdmitted));

        var rejected = _limiter.TryAcquire();
        leases[0].Lease.Complete(AdmissionOutcome.Succeeded);

        Assert.Equal(RejectReason.Concurrency, rejected.Reason);
        Assert.Equal(Options.EvaluationInterval, rejected.RetryAfter);
        Assert.True(_limiter.TryAcquire().IsAdmitted);
    }

    [Fact]
    public void Clock_ThatStandsStill_LeavesEverythingAsItIs()
    {
        for (var i = 0; i < 10_000; i++)
        {
            _limiter.TryAcquire().Lease.Complete(AdmissionOutcome.Succeeded);
        }

        Assert.Equal(
            new LimiterSnapshot(BreakerState.Closed, Options.InitialConcurrency, 0, default, default, default, TimeSpan.MaxValue, 0, 0), _limiter.Snapshot());
    }

    [Fact]
    public void Requests_ThatTakeNoTimeAtAll_AreLearnedLikeAnyOther()
    {
        Serve(seconds: 30, latencyMs: 0);

        Assert.Equal(BreakerState.Closed, _limiter.Snapshot().State);
        Assert.Equal(Options.LatencyFloor, _limiter.Snapshot().Threshold);
    }

    [Fact]
    public void Request_FromBeginToEnd_AllocatesNothing()
    {
        Serve(seconds: 2, latencyMs: 20);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 10_000; i++)
        {
            _limiter.TryAcquire().Lease.Complete(AdmissionOutcome.Succeeded);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    // Ten requests (or several times so many at once) in every second, each of this latency.
    private void Serve(int seconds, int latencyMs, AdmissionOutcome outcome = AdmissionOutcome.Succeeded, int atOnce = 1, double work = 1)
    {
        var end = _time.GetUtcNow().AddSeconds(seconds);
        var inFlight = new Queue<(DateTimeOffset Due, AdmissionLease Lease)>();
        for (; _time.GetUtcNow() < end; _time.Advance(TimeSpan.FromMilliseconds(100)))
        {
            Complete(inFlight, outcome);
            for (var i = 0; i < atOnce; i++)
            {
                if (_limiter.TryAcquire(work) is { IsAdmitted: true } decision)
                {
                    inFlight.Enqueue((_time.GetUtcNow().AddMilliseconds(latencyMs), decision.Lease));
                }
            }

            // Latencies under a step of 100 ms come about by a clock that goes on in between.
            if (latencyMs < 100)
            {
                _time.Advance(TimeSpan.FromMilliseconds(latencyMs));
                Complete(inFlight, outcome);
            }
        }

        _time.Advance(TimeSpan.FromMilliseconds(latencyMs));
        Complete(inFlight, outcome);
    }

    private void Complete(Queue<(DateTimeOffset Due, AdmissionLease Lease)> inFlight, AdmissionOutcome outcome)
    {
        while (inFlight.TryPeek(out var first) && first.Due <= _time.GetUtcNow())
        {
            inFlight.Dequeue().Lease.Complete(outcome);
        }
    }
}
