using Hybrid.GpuHost.Admission.Adaptive;
using Hybrid.GpuHost.Models.Routing;
using Microsoft.Extensions.Options;

namespace Hybrid.GpuHost.Tests.Models.Routing;

public sealed class CanaryJudgeTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Later = TimeSpan.FromHours(1);

    private readonly CanaryOptions _options = new();
    private readonly RequestTally _stable = new();
    private readonly RequestTally _canary = new();

    [Fact]
    public void Judge_NothingYet_GoesOn() => Assert.Null(Judge(Later));

    [Fact]
    public void Judge_AllThreeFailed_IsOver()
    {
        End(_stable, AdmissionOutcome.Succeeded, 27);
        End(_canary, AdmissionOutcome.Failed, 2);
        Assert.Null(Judge(Soon));

        End(_canary, AdmissionOutcome.Failed, 1);

        var finding = Judge(Soon);
        Assert.Equal(CanaryVerdict.RolledBack, finding?.Verdict);
        Assert.Equal("3 of its 3 requests failed, 0 of 27 of stable's", finding?.Why);
    }

    [Theory]
    [InlineData(AdmissionOutcome.Failed)]
    [InlineData(AdmissionOutcome.Refused)]
    [InlineData(AdmissionOutcome.TimedOut)]
    public void Judge_StableFailsAsMuch_IsNotTheCanarysFault(AdmissionOutcome failure)
    {
        End(_stable, failure, 4500);
        End(_canary, failure, 500);

        Assert.Equal(CanaryVerdict.Promoted, Judge(Later)?.Verdict);
    }

    [Theory]
    [InlineData(5, CanaryVerdict.Promoted)]
    [InlineData(6, CanaryVerdict.RolledBack)]
    public void Judge_EnoughRequests_TheMarginDecides(int failures, CanaryVerdict verdict)
    {
        End(_stable, AdmissionOutcome.Succeeded, 4500);
        End(_canary, AdmissionOutcome.Succeeded, 500 - failures);
        End(_canary, AdmissionOutcome.Failed, failures);

        Assert.Null(Judge(Soon));
        Assert.Equal(verdict, Judge(Later)?.Verdict);
    }

    [Fact]
    public void Judge_TwiceAsSlow_IsOverLongBeforeThereAreEnough()
    {
        End(_stable, AdmissionOutcome.Succeeded, 400, ms: 20);
        End(_canary, AdmissionOutcome.Succeeded, 39, ms: 40);
        Assert.Null(Judge(Soon));

        End(_canary, AdmissionOutcome.Succeeded, 1, ms: 40);

        var finding = Judge(Soon);
        Assert.Equal(CanaryVerdict.RolledBack, finding?.Verdict);
        Assert.StartsWith("the p95 of its 40 requests is ", finding?.Why, StringComparison.Ordinal);
    }

    // Within the margin of a quarter, or within the tolerance of 5 ms.
    [Theory]
    [InlineData(100, 120)]
    [InlineData(1, 5)]
    public void Judge_SlowerByLessThanTheMargin_IsGood(int stableMs, int canaryMs)
    {
        End(_stable, AdmissionOutcome.Succeeded, 4500, stableMs);
        End(_canary, AdmissionOutcome.Succeeded, 500, canaryMs);

        Assert.Equal(CanaryVerdict.Promoted, Judge(Later)?.Verdict);
    }

    // The last twentieth is p95's own.
    [Theory]
    [InlineData(25, CanaryVerdict.Promoted)]
    [InlineData(26, CanaryVerdict.RolledBack)]
    public void Judge_SomeAreVerySlow_ATwentiethMayBe(int slow, CanaryVerdict verdict)
    {
        End(_stable, AdmissionOutcome.Succeeded, 4500, ms: 20);
        End(_canary, AdmissionOutcome.Succeeded, 500 - slow, ms: 20);
        End(_canary, AdmissionOutcome.Succeeded, slow, ms: 2000);

        Assert.Equal(verdict, Judge(Later)?.Verdict);
    }

    [Fact]
    public void Judge_ClientsLeaveBecauseItIsSlow_IsSlow()
    {
        End(_stable, AdmissionOutcome.Succeeded, 400, ms: 20);
        End(_canary, AdmissionOutcome.Abandoned, 40, ms: 1000);

        Assert.StartsWith("the p95", Judge(Soon)?.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Tally_AnErrorThatComesFast_MakesNothingFaster()
    {
        End(_canary, AdmissionOutcome.Succeeded, 10, ms: 20);
        End(_canary, AdmissionOutcome.Failed, 90, ms: 0);

        Assert.Equal((100, 90, 10), (_canary.Requests, _canary.Failures, _canary.Timed));
        Assert.InRange(_canary.P95.TotalMilliseconds, 19, 21);
    }

    [Fact]
    public void Judge_WithoutPromotion_OnlyRollsBack()
    {
        _options.Promote = false;
        End(_stable, AdmissionOutcome.Succeeded, 4500);
        End(_canary, AdmissionOutcome.Succeeded, 500);
        Assert.Null(Judge(Later));

        End(_canary, AdmissionOutcome.Failed, 50);

        Assert.Equal(CanaryVerdict.RolledBack, Judge(Later)?.Verdict);
    }

    // Exponential latencies, whose last twentieth is long, and an error in 500: asked with each of its requests, as in a real trial.
    [Fact]
    public void Judge_CanaryLikeStable_IsNotRolledBackByChance()
    {
        var random = new Random(5);
        for (var trial = 0; trial < 300; trial++)
        {
            var (stable, canary) = (new RequestTally(), new RequestTally());
            CanaryFinding? finding = null;
            for (var request = 1; finding is null; request++)
            {
                var outcome = random.Next(500) == 0 ? AdmissionOutcome.Failed : AdmissionOutcome.Succeeded;
                var latency = TimeSpan.FromMilliseconds(-20 * Math.Log(1 - random.NextDouble()));
                (request % 10 == 0 ? canary : stable).Ended(outcome, latency);
                finding = request % 10 == 0 ? Judge(stable, canary, request < 5000 ? Soon : Later) : null;
            }

            Assert.Equal(CanaryVerdict.Promoted, finding.Verdict);
        }
    }

    private static void End(RequestTally tally, AdmissionOutcome outcome, int times, int ms = 20)
    {
        for (var i = 0; i < times; i++)
        {
            tally.Ended(outcome, TimeSpan.FromMilliseconds(ms));
        }
    }

    private CanaryFinding? Judge(TimeSpan elapsed) => Judge(_stable, _canary, elapsed);

    private CanaryFinding? Judge(RequestTally stable, RequestTally canary, TimeSpan elapsed) =>
        new CanaryJudge(Options.Create(_options)).Judge(stable, canary, elapsed);
}
