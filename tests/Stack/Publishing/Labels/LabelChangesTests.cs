using FsCheck;
using FsCheck.Fluent;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Models;
using Hybrid.Stack.Publishing.Labels;

namespace Hybrid.Stack.Tests.Publishing.Labels;

public sealed class LabelChangesTests
{
    private static readonly ModelLabels None = new();

    [Fact]
    public void TryOut_OfANewVersion_LeavesTheHighestStable() =>
        Assert.Equal(new ModelLabels(Stable: 2, Canary: 3, CanaryPercent: 10), LabelChanges.TryOut(None, [1, 2], 3, 10));

    [Fact]
    public void TryOut_WhereACanaryIs_TakesItsPlace() =>
        Assert.Equal(new ModelLabels(Stable: 2, Canary: 4, CanaryPercent: 5), LabelChanges.TryOut(new(2, 3, 50), [1, 2, 3], 4, 5));

    [Fact]
    public void TryOut_OfTheStableVersion_IsRefused()
    {
        AssertRefused(() => LabelChanges.TryOut(None, [1, 2], 2, 10), ErrorCode.Conflict, "version 2 is stable");
        AssertRefused(() => LabelChanges.TryOut(new(1), [1, 2], 1, 10), ErrorCode.Conflict, "version 1 is stable");
    }

    [Fact]
    public void TryOut_OfTheFirstVersion_IsRefused() => AssertRefused(() => LabelChanges.TryOut(None, [], 1, 10), ErrorCode.Conflict, "the only one");

    [Fact]
    public void Promote_TheCanary_MakesItStableAndRemembersWhatWas() =>
        Assert.Equal(new ModelLabels(Stable: 3, Previous: 2), LabelChanges.Promote(new(2, 3, 10, Previous: 1), [1, 2, 3], null, 100));

    [Fact]
    public void Promote_TheCanaryWithAShare_ChangesTheShareAlone() =>
        Assert.Equal(new ModelLabels(2, 3, 50, 1), LabelChanges.Promote(new(2, 3, 10, 1), [1, 2, 3], null, 50));

    [Fact]
    public void Promote_AnotherVersion_LeavesTheCanaryOnTrial() =>
        Assert.Equal(new ModelLabels(1, 3, 10, Previous: 2), LabelChanges.Promote(new(2, 3, 10), [1, 2, 3], 1, 100));

    [Fact]
    public void Promote_TheStableVersionAgain_ChangesNothing() =>
        Assert.Equal(new ModelLabels(3, Previous: 2), LabelChanges.Promote(new(3, Previous: 2), [1, 2, 3], 3, 100));

    [Fact]
    public void Promote_WithoutLabels_ComesFromTheHighest() =>
        Assert.Equal(new ModelLabels(2, Previous: 3), LabelChanges.Promote(None, [1, 2, 3], 2, 100));

    [Fact]
    public void Promote_WhatIsNotThere_IsRefusedWithWhatIs()
    {
        AssertRefused(() => LabelChanges.Promote(None, [1, 2], 9, 100), ErrorCode.NotFound, "version 9 is not published; there is 1, 2");
        AssertRefused(() => LabelChanges.Promote(new(2, 3, 10), [1, 2], null, 100), ErrorCode.NotFound, "version 3 is not published");
        AssertRefused(() => LabelChanges.Promote(None, [1, 2], null, 100), ErrorCode.Conflict, "no canary to promote");
    }

    [Fact]
    public void Rollback_WithACanary_EndsItsTrialAlone() =>
        Assert.Equal(new ModelLabels(2, Previous: 1), LabelChanges.Rollback(new(2, 3, 10, Previous: 1), [1, 2, 3], null));

    [Fact]
    public void Rollback_OfACanaryWithoutAStableLabel_DoesNotMakeItStable() =>
        Assert.Equal(new ModelLabels(Stable: 2), LabelChanges.Rollback(new(Canary: 3, CanaryPercent: 10), [1, 2, 3], null));

    [Fact]
    public void Rollback_AfterAPromotion_GoesBackOnce()
    {
        var promoted = LabelChanges.Promote(new(1), [1, 2, 4], 4, 100);

        var back = LabelChanges.Rollback(promoted, [1, 2, 4], null);

        Assert.Equal(new ModelLabels(Stable: 1), back);
        AssertRefused(() => LabelChanges.Rollback(back, [1, 2, 4], null), ErrorCode.Conflict, "name a version: 1, 2, 4");
    }

    [Fact]
    public void Rollback_ToAVersion_MakesItStableWithoutACanary() =>
        Assert.Equal(new ModelLabels(Stable: 1), LabelChanges.Rollback(new(3, 4, 10, Previous: 2), [1, 2, 3, 4], 1));

    [Fact]
    public void Rollback_ToWhatIsGone_IsRefused() =>
        AssertRefused(() => LabelChanges.Rollback(new(4, Previous: 3), [1, 4], null), ErrorCode.NotFound, "version 3 is not published");

    [Fact]
    public void Changes_InAnyOrder_KeepLabelsThatHostsCanFollow() => Check.One(
        Config.QuickThrowOnFailure,
        Prop.ForAll(
            Gen.Choose(0, 2).SelectMany(kind => Gen.Choose(0, 6).SelectMany(version => Gen.Choose(0, 100).Select(percent => (kind, version, percent)))).ListOf().ToArbitrary(),
            changes =>
            {
                int[] published = [1, 2, 3, 5];
                var labels = None;
                foreach (var (kind, version, percent) in changes)
                {
                    try
                    {
                        int? named = version == 0 ? null : version;
                        labels = kind switch
                        {
                            0 => LabelChanges.Promote(labels, published, named, percent),
                            1 => LabelChanges.Rollback(labels, published, named),
                            _ => LabelChanges.TryOut(labels, published, version + 1, percent),
                        };
                    }
                    catch (HybridException)
                    {
                        // Refused: the labels stay as they were.
                    }

                    Assert.Equal(labels, ModelLabels.Parse(labels.ToJson()));
                    Assert.Contains(LabelChanges.StableOf(labels, published)!.Value, published);
                }
            }));

    private static void AssertRefused(Func<ModelLabels> change, ErrorCode code, string reason)
    {
        var error = Assert.Throws<HybridException>(change).Error;
        Assert.Equal(code, error.Code);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }
}
