using Hybrid.Functions.Runs;

namespace Hybrid.Functions.Tests.Runs;

public sealed class RunIdsTests
{
    [Fact]
    public void Of_TheSameKey_IsTheSameIdForOneTenantAndPurposeOnly()
    {
        var id = RunIds.Of("acme", "http", "key");

        Assert.Equal(id, RunIds.Of("acme", "http", "key"));
        Assert.Equal(4, new HashSet<string> { id, RunIds.Of("other", "http", "key"), RunIds.Of("acme", "queue", "key"), RunIds.Of("acme", "http", "key2") }.Count);
    }

    [Fact]
    public void IsOwnedBy_IsTrueForTheOwnerAlone()
    {
        var id = RunIds.New("acme");

        Assert.True(RunIds.IsOwnedBy(id, "acme"));
        Assert.False(RunIds.IsOwnedBy(id, "acm"));
        Assert.False(RunIds.IsOwnedBy(id, "acme2"));
        Assert.False(RunIds.IsOwnedBy(id + ":1", "acme"));
        Assert.False(RunIds.IsOwnedBy("acme." + new string('g', 32), "acme"));
        Assert.False(RunIds.IsOwnedBy("", "acme"));
    }

    [Fact]
    public void Ids_ThatWereNeverGivenOut_AreNobodys() =>
        Assert.DoesNotContain(Enumerable.Range(0, 10_000), _ => RunIds.IsOwnedBy($"acme.{Guid.NewGuid():N}", "acme"));

    [Fact]
    public void Ids_ThatWere_AreKnownInEveryProcess()
    {
        Assert.All(Enumerable.Range(0, 1_000), _ => Assert.True(RunIds.IsOwnedBy(RunIds.New("acme"), "acme")));
        // Made elsewhere, and before.
        Assert.Equal("acme.604507b71994f23b3e7b5ea805d6aea1", RunIds.Of("acme", "http", "key"));
        Assert.True(RunIds.IsOwnedBy("acme.604507b71994f23b3e7b5ea805d6aea1", "acme"));
    }

    [Fact]
    public void New_OfTheLongestTenant_FitsIntoEveryBackend() => Assert.InRange(RunIds.New(new string('a', 63)).Length, 1, 100);
}
