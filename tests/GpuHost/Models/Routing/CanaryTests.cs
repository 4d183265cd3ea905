using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Models;
using Hybrid.GpuHost.Admission.Adaptive;
using Hybrid.GpuHost.Models;
using Hybrid.GpuHost.Models.Routing;
using Microsoft.Extensions.Logging;

namespace Hybrid.GpuHost.Tests.Models.Routing;

/// <summary>Version 4 is the canary beside version 3. What their requests are like is up to each test; <see cref="CanaryHostTests"/> has real ones.</summary>
public sealed class CanaryTests(SumLoader loader) : IAsyncDisposable
{
    private const int Promoted = 1221;
    private const int RolledBack = 1222;

    private static readonly ModelLabels Labels = new(Stable: 3, Canary: 4, CanaryPercent: 10);

    private readonly CanaryOptions _options = new();
    private RoutingState? _routing;

    private RoutingState Routing => _routing ??= Begin();

    private ModelsState State => Routing.State;

    [Fact]
    public void Canary_TenPercent_GetsThatOfFiveThousandRequests()
    {
        var counts = Routing.Send(5000, _ => (AdmissionOutcome.Succeeded, 20));

        Assert.InRange(counts[4], 495, 505);
        Assert.Equal(0.1, Routing.Served.ShareOf(Routing.Served.Versions[4]));
        Assert.Equal(0.9, Routing.Served.ShareOf(Routing.Served.Versions[3]));
    }

    [Fact]
    public void Canary_ThatFails_IsRolledBackByItself()
    {
        var counts = Routing.Send(5000, version => (version == 4 ? AdmissionOutcome.Failed : AdmissionOutcome.Succeeded, 20));

        Assert.Equal(3, counts[4]);
        Decided("rolled_back", RolledBack, LogLevel.Warning, "sum/4 is rolled back, sum/3 answers alone: 3 of its 3 requests failed");
        Assert.Equal(0, Routing.Served.ShareOf(Routing.Served.Versions[4]));
    }

    [Fact]
    public void Canary_ThatFailsNowAndThen_IsRolledBackByItself()
    {
        var canarys = 0;

        var counts = Routing.Send(5000, version => (version == 4 && ++canarys % 10 == 0 ? AdmissionOutcome.Failed : AdmissionOutcome.Succeeded, 20));

        Assert.InRange(counts[4], 20, 200);
        Decided("rolled_back", RolledBack, LogLevel.Warning, "sum/4 is rolled back, sum/3 answers alone: ");
    }

    [Fact]
    public void Canary_ThatIsSlow_IsRolledBackByItself()
    {
        var counts = Routing.Send(5000, version => (AdmissionOutcome.Succeeded, version == 4 ? 40 : 20));

        Assert.Equal(40, counts[4]);
        Decided("rolled_back", RolledBack, LogLevel.Warning, "sum/4 is rolled back, sum/3 answers alone: the p95 of its 40 requests is ");
    }

    [Fact]
    public void Canary_ThatIsGood_IsPromotedByItself()
    {
        Routing.Send(5100, _ => (AdmissionOutcome.Succeeded, 20));
        Assert.DoesNotContain(Routing.Log.Lines, line => line.Id == Promoted);

        Routing.Time.Advance(_options.MinDuration);
        Routing.Send(20, _ => (AdmissionOutcome.Succeeded, 20));

        Decided("promoted", Promoted, LogLevel.Information, "sum/4 answers in place of sum/3: 0 of its ");
        Assert.Equal([4], Routing.Send(100, _ => default).Keys);
        Assert.Equal([3, 4], Routing.Served.Versions.Keys);
    }

    [Fact]
    public void Canary_RolledBack_IsStillThereForWhoAsks()
    {
        Routing.Send(100, version => (version == 4 ? AdmissionOutcome.Failed : AdmissionOutcome.Succeeded, 20));

        using var lease = State.Lease(RoutingState.Name, 4);

        Assert.Equal(4, lease.Model.Description.Id.Version);
        Assert.Throws<HybridException>(() => State.Lease(RoutingState.Name, "canary"));
    }

    [Fact]
    public void Verdict_SameLabelsAgain_Holds()
    {
        Routing.Send(100, version => (version == 4 ? AdmissionOutcome.Failed : AdmissionOutcome.Succeeded, 20));

        State.Label(RoutingState.Name, Labels with { });

        Assert.Equal([3], Routing.Send(1000, _ => (AdmissionOutcome.Succeeded, 20)).Keys);
    }

    // As a memory budget does it.
    [Fact]
    public async Task Verdict_VersionUnloadedAndLoadedAgain_Holds()
    {
        Routing.Send(100, version => (version == 4 ? AdmissionOutcome.Failed : AdmissionOutcome.Succeeded, 20));

        await State.WithdrawAsync(new ModelId(RoutingState.Name, 3));
        await State.WithdrawAsync(new ModelId(RoutingState.Name, 4));
        Routing.Publish(4, 3);

        Assert.Equal([3], Routing.Send(1000, _ => (AdmissionOutcome.Succeeded, 20)).Keys);
    }

    [Fact]
    public void Verdict_LabelsChange_IsForgotten()
    {
        Routing.Send(100, version => (version == 4 ? AdmissionOutcome.Failed : AdmissionOutcome.Succeeded, 20));

        State.Label(RoutingState.Name, Labels with { CanaryPercent = 20 });

        Assert.InRange(Routing.Send(1000, _ => (AdmissionOutcome.Succeeded, 20))[4], 195, 205);
    }

    [Fact]
    public void Verdict_WhenTheLabelsChangedMeanwhile_ComesTooLate()
    {
        var old = Enumerable.Range(0, 100).Select(_ => State.Lease(RoutingState.Name)).ToList();

        State.Label(RoutingState.Name, Labels with { Canary = null, CanaryPercent = 0 });
        foreach (var lease in old)
        {
            lease.Observer?.Ended(AdmissionOutcome.Failed, TimeSpan.Zero);
            lease.Dispose();
        }

        Assert.DoesNotContain(Routing.Log.Lines, line => line.Id is Promoted or RolledBack);
        Assert.Equal(0, Routing.Sums["hybrid.host.canary.decisions"]);
    }

    [Fact]
    public void Requests_ForAVersionOrALabel_AreNotPartOfTheTrial()
    {
        using var version = State.Lease(RoutingState.Name, 4);
        using var canary = State.Lease(RoutingState.Name, "canary");
        using var stable = State.Lease(RoutingState.Name, "stable");

        Assert.Equal([4, 4, 3], new[] { version, canary, stable }.Select(lease => lease.Model.Description.Id.Version));
        Assert.All(new[] { version, canary, stable }, lease => Assert.Null(lease.Observer));
    }

    [Fact]
    public void Trial_StableIsReplaced_BeginsAnew()
    {
        Routing.Send(20, version => (version == 4 ? AdmissionOutcome.Failed : AdmissionOutcome.Succeeded, 20));
        var before = Routing.Served.Trial;

        Routing.Publish(3);

        Assert.NotSame(before, Routing.Served.Trial);
    }

    [Fact]
    public void Trial_AnotherVersionComes_GoesOn()
    {
        var before = Routing.Served.Trial;

        Routing.Publish(5);

        Assert.NotNull(before);
        Assert.Same(before, Routing.Served.Trial);
    }

    [Fact]
    public async Task Trial_FromManyThreads_EndsOnceAndLosesNoRequest()
    {
        const int Clients = 8;
        var states = Enumerable.Repeat(Routing, Clients).ToList();

        var counts = await Task.WhenAll(states.Select(routing => Task.Run(() =>
            routing.Send(2000, version => (version == 4 ? AdmissionOutcome.Failed : AdmissionOutcome.Succeeded, 20)))));

        Assert.Equal(Clients * 2000, counts.Sum(count => count.Values.Sum()));

        // Who judges may be put to sleep at it, and the others go on meanwhile; but not for most of the canary's tenth.
        Assert.InRange(counts.Sum(count => count.GetValueOrDefault(4)), 3, Clients * 2000 / 20);
        Decided("rolled_back", RolledBack, LogLevel.Warning, "sum/4 is rolled back");
    }

    public ValueTask DisposeAsync() => _routing?.DisposeAsync() ?? default;

    private RoutingState Begin()
    {
        var routing = new RoutingState(loader, _options).Publish(3, 4);
        routing.State.Label(RoutingState.Name, Labels);
        return routing;
    }

    // Once: one line of the log, one count of the metric.
    private void Decided(string decision, int eventId, LogLevel level, string text)
    {
        var line = Assert.Single(Routing.Log.Lines, line => line.Id is Promoted or RolledBack);
        Assert.Equal((eventId, level), (line.Id, line.Level));
        Assert.StartsWith(text, line.Text, StringComparison.Ordinal);
        Assert.Equal(1, Routing.Sums["hybrid.host.canary.decisions"]);
        Assert.Equal(1, Routing.Sums[$"hybrid.host.canary.decisions {decision}"]);
    }
}
