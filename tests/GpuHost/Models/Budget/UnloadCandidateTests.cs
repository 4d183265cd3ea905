using FsCheck;
using FsCheck.Fluent;
using Hybrid.GpuHost.Models.Budget;

namespace Hybrid.GpuHost.Tests.Models.Budget;

public sealed class UnloadCandidateTests
{
    [Fact]
    public void Choose_SeveralFreeModels_TakesTheLeastRecentlyUsedFirst() => Assert.Equal(["b", "c"], Names(30,
        new UnloadCandidate("a", 50, IsFree: true, LastUsed: 9),
        new UnloadCandidate("b", 20, IsFree: true, LastUsed: 1),
        new UnloadCandidate("c", 20, IsFree: true, LastUsed: 5)));

    [Fact]
    public void Choose_OldestIsInUse_TakesTheNextOne() => Assert.Equal(["b"], Names(10,
        new UnloadCandidate("a", 50, IsFree: false, LastUsed: 1),
        new UnloadCandidate("b", 50, IsFree: true, LastUsed: 2)));

    [Fact]
    public void Choose_AllOfThemWouldNotDo_TakesNone() => Assert.Empty(Names(101,
        new UnloadCandidate("a", 50, IsFree: true, LastUsed: 1),
        new UnloadCandidate("b", 50, IsFree: true, LastUsed: 2),
        new UnloadCandidate("c", 50, IsFree: false, LastUsed: 3)));

    [Fact]
    public void Choose_NothingNeeded_TakesNone() => Assert.Empty(Names(0, new UnloadCandidate("a", 50, IsFree: true, LastUsed: 1)));

    [Fact]
    public void Choose_WhateverTheModels_GivesEnoughOfFreeOnesWithoutOneTooMany()
    {
        var model =
            from bytes in Gen.Choose(1, 100)
            from isFree in Gen.Elements(true, false)
            from lastUsed in Gen.Choose(0, 1000)
            select new UnloadCandidate("", bytes, isFree, lastUsed);
        Prop.ForAll(model.ListOf().ToArbitrary(), Gen.Choose(1, 400).ToArbitrary(), (models, needed) =>
        {
            var all = models.Select((each, i) => each with { Name = $"m{i}" }).ToArray();
            var chosen = UnloadCandidate.Choose(all, needed);
            var free = all.Where(each => each.IsFree).ToArray();
            Assert.All(chosen, each => Assert.True(each.IsFree));
            Assert.Equal(free.Sum(each => each.Bytes) >= needed, chosen.Count > 0);
            Assert.True(chosen.Count == 0 || chosen.SkipLast(1).Sum(each => each.Bytes) < needed);
            Assert.True(chosen.Count == 0 || chosen.Sum(each => each.Bytes) >= needed);
            Assert.All(free.Except(chosen), kept => Assert.True(chosen.All(each => each.LastUsed <= kept.LastUsed)));
        }).QuickCheckThrowOnFailure();
    }

    private static IEnumerable<string> Names(long needed, params UnloadCandidate[] models) => UnloadCandidate.Choose(models, needed).Select(model => model.Name);
}
