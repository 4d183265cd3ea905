using Azure;
using Hybrid.Orchestrations.Retrieval;

namespace Hybrid.Orchestrations.Tests.Retrieval;

public sealed class IndexCacheTests
{
    private static readonly VersionedIndex Index = new(VectorIndex.Empty("m", 1), new ETag("1"), 0);

    private readonly IndexCache _cache = new(100);

    [Fact]
    public void Set_OverTheCapacity_DropsTheLeastRecentlyUsed()
    {
        _cache.Set(Name("a"), Index, 40);
        _cache.Set(Name("b"), Index, 40);
        Assert.True(_cache.TryGet(Name("a"), out _));

        _cache.Set(Name("c"), Index, 40);

        Assert.Equal((true, false, true), (Has("a"), Has("b"), Has("c")));
    }

    [Fact]
    public void Set_OfTheSameName_CountsOnce()
    {
        for (var i = 0; i < 10; i++)
        {
            _cache.Set(Name("a"), Index, 50);
        }

        _cache.Set(Name("b"), Index, 50);

        Assert.Equal((true, true), (Has("a"), Has("b")));
    }

    [Fact]
    public void Set_OfMoreThanEverything_IsNotKept()
    {
        _cache.Set(Name("b"), Index, 50);
        _cache.Set(Name("a"), Index, 101);

        Assert.Equal((false, true), (Has("a"), Has("b")));
    }

    private static CollectionName Name(string name) => CollectionName.Of("t", name);

    private bool Has(string name) => _cache.TryGet(Name(name), out _);
}
