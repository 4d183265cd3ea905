using Hybrid.Orchestrations.Caching;
using Hybrid.Orchestrations.Caching.Memory;
using Microsoft.Extensions.Options;

namespace Hybrid.Orchestrations.Tests.Caching;

/// <summary>Looks at the heap of the whole process, so nothing else may run meanwhile.</summary>
[Collection(nameof(MemoryTierHeapTests))]
public sealed class MemoryTierHeapTests
{
    [Theory]
    [InlineData(100)]
    [InlineData(1_200)]
    [InlineData(20_000)]
    public void Bytes_AreAboutWhatEntriesTakeOfTheHeap(int size)
    {
        var count = Math.Min(50_000, 100_000_000 / size);
        using var memory = new MemoryTier(Options.Create(new CachingOptions { MemoryBytes = 1L << 30 }), TestMetrics.Create(), TimeProvider.System);
        memory.Set(Key(-1), new byte[1024]);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < count; i++)
        {
            memory.Set(Key(i), new byte[size]);
        }

        var taken = GC.GetTotalMemory(forceFullCollection: true) - before;
        TestContext.Current.TestOutputHelper!.WriteLine($"{memory.Bytes / count} bytes counted, {taken / count} taken by an entry of {size}");

        Assert.InRange(memory.Bytes / (double)taken, 0.9, 1.3);
    }

    private static CacheKey Key(int i) => CacheKey.Of(CacheKind.Embedding, "acme", "m", 1, BitConverter.GetBytes(i));
}

[CollectionDefinition(nameof(MemoryTierHeapTests), DisableParallelization = true)]
public sealed class MemoryTierHeapDefinition;
