using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Models;
using Hybrid.GpuHost.Models;

namespace Hybrid.GpuHost.Tests.Models.Routing;

/// <summary>Which of several versions answers.</summary>
public sealed class LabelTests(SumLoader loader) : IAsyncDisposable
{
    private readonly RoutingState _routing = new(loader);

    private ModelsState State => _routing.State;

    [Fact]
    public void Lease_NoLabels_TheHighestVersionAnswers()
    {
        _routing.Publish(3, 1, 2);

        Assert.Equal(3, VersionOf(State.Lease(RoutingState.Name)));
        Assert.Equal(3, VersionOf(State.Lease(RoutingState.Name, "stable")));
        Assert.Equal(1, VersionOf(State.Lease(RoutingState.Name, 1)));
        Assert.Equal([1, 2, 3], _routing.Served.Versions.Keys);
    }

    [Fact]
    public void Lease_Labels_EachFindsItsVersion()
    {
        _routing.Publish(3, 4, 5);
        State.Label(RoutingState.Name, new ModelLabels(Stable: 3, Canary: 4));

        Assert.Equal(3, VersionOf(State.Lease(RoutingState.Name)));
        Assert.Equal(3, VersionOf(State.Lease(RoutingState.Name, "stable")));
        Assert.Equal(4, VersionOf(State.Lease(RoutingState.Name, "canary")));
        Assert.Equal(5, VersionOf(State.Lease(RoutingState.Name, 5)));
    }

    [Fact]
    public void Lease_VersionOrLabelThatIsNotHere_SaysWhatIs()
    {
        _routing.Publish(1, 2);

        Assert.Equal("Model 'sum' is not served in version 7; this host serves 1, 2.", Refusal(() => State.Lease(RoutingState.Name, 7)).Message);
        Assert.Equal("No version of model 'sum' is 'canary' here; this host serves 1, 2.", Refusal(() => State.Lease(RoutingState.Name, "canary")).Message);
        Assert.Equal("No version of model 'sum' is 'best' here; this host serves 1, 2.", Refusal(() => State.Lease(RoutingState.Name, "best")).Message);
        Assert.Equal("No model 'product' is served; this host serves sum.", Refusal(() => State.Lease("product")).Message);
    }

    // Labels are read before weights: a canary that is loaded first must not get everything once stable is there.
    [Fact]
    public void Label_BeforeTheVersionsAreThere_HoldsWhenTheyCome()
    {
        State.Label(RoutingState.Name, new ModelLabels(Stable: 3, Canary: 4));

        _routing.Publish(4);
        Assert.Equal(4, VersionOf(State.Lease(RoutingState.Name)));
        _routing.Publish(3);
        Assert.Equal(3, VersionOf(State.Lease(RoutingState.Name)));
    }

    [Fact]
    public void Label_OfAVersionThatIsNotThere_WhatWasStableGoesOn()
    {
        _routing.Publish(3, 4);
        State.Label(RoutingState.Name, new ModelLabels(Stable: 3));

        State.Label(RoutingState.Name, new ModelLabels(Stable: 5));
        Assert.Equal(3, VersionOf(State.Lease(RoutingState.Name)));

        _routing.Publish(5);
        Assert.Equal(5, VersionOf(State.Lease(RoutingState.Name)));
    }

    [Fact]
    public void Label_CanaryAlone_StableIsTheHighestOfTheOthers()
    {
        _routing.Publish(1, 2, 3);
        State.Label(RoutingState.Name, new ModelLabels(Canary: 3));

        Assert.Equal(2, VersionOf(State.Lease(RoutingState.Name)));
    }

    [Fact]
    public void Label_Removed_TheHighestVersionAnswersAgain()
    {
        _routing.Publish(1, 2);
        State.Label(RoutingState.Name, new ModelLabels(Stable: 1));

        State.Label(RoutingState.Name, null);

        Assert.Equal(2, VersionOf(State.Lease(RoutingState.Name)));
    }

    [Fact]
    public async Task Publish_WithAPolicy_OnlyWhatItKeepsStays()
    {
        _routing.Publish(1, 2, 3);
        using var lease = State.Lease(RoutingState.Name, 1);

        State.Publish(loader.Load(4), new HashSet<int> { 3 });

        Assert.Equal([3, 4], _routing.Served.Versions.Keys);
        Assert.True(lease.Model.TryLease(out var another), "Whoever is on a version that goes ends on it.");
        another.Dispose();
        await State.WithdrawAsync(new ModelId(RoutingState.Name, 3));
        Assert.Equal([4], _routing.Served.Versions.Keys);
    }

    [Fact]
    public async Task Withdraw_AVersionThatIsLeased_EndsWithTheLease()
    {
        _routing.Publish(1, 2);
        var lease = State.Lease(RoutingState.Name, 2);

        var withdrawn = State.WithdrawAsync(new ModelId(RoutingState.Name, 2));
        Assert.Equal(1, VersionOf(State.Lease(RoutingState.Name)));
        Assert.False(withdrawn.IsCompleted);

        lease.Dispose();
        await withdrawn.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Assert.False(lease.Model.TryLease(out _));
    }

    [Fact]
    public void Withdraw_TheLastVersion_TheNameIsNotServed()
    {
        _routing.Publish(1);

        State.Withdraw(new ModelId(RoutingState.Name, 1));

        Assert.Equal(ErrorCode.ModelNotFound, Refusal(() => State.Lease(RoutingState.Name)).Code);
        Assert.False(State.Current.IsReady);
    }

    public ValueTask DisposeAsync() => _routing.DisposeAsync();

    private static int VersionOf(ModelLease lease)
    {
        using (lease)
        {
            return lease.Model.Description.Id.Version;
        }
    }

    private static Error Refusal(Func<object> lease) => Assert.Throws<HybridException>(lease).Error;
}
