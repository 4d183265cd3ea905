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
    public void New_OfTheLongestTenant_FitsIntoEveryBackend() => Assert.InRange(RunIds.New(new string('a', 63)).Length, 1, 100);
}
