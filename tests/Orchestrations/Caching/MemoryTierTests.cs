using Hybrid.Orchestrations.Caching;
using Hybrid.Orchestrations.Caching.Memory;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Hybrid.Orchestrations.Tests.Caching;

public sealed class MemoryTierTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly CachingOptions _options = new() { MemoryBytes = 1 << 20, MaxEntryBytes = 64 << 10 };
    private readonly MemoryTier _memory;

    public MemoryTierTests() => _memory = new MemoryTier(Options.Create(_options), TestMetrics.Create(), _time);

    public void Dispose() => _memory.Dispose();

    [Fact]
    public void Entries_OfAnySizes_NeverCountForMoreThanTheBound()
    {
        var random = new Random(11);
        for (var i = 0; i < 5_000; i++)
        {
            _memory.Set(Key(i), new byte[random.Next(0, 32 << 10)]);
            Assert.InRange(_memory.Bytes, 0, _options.MemoryBytes);
        }
    }

    [Fact]
    public void Entry_AfterItsLife_IsForgotten()
    {
        _memory.Set(Key(1), [1, 2, 3]);

        _time.Advance(_options.MemoryLife - TimeSpan.FromMilliseconds(1));
        Assert.Equal([1, 2, 3], _memory.Find(Key(1)));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(_memory.Find(Key(1)));
    }

    [Fact]
    public void Entry_LargerThanAllowed_IsNotKept()
    {
        _memory.Set(Key(1), new byte[_options.MaxEntryBytes + 1]);

        Assert.Null(_memory.Find(Key(1)));
        Assert.Equal(0, _memory.Bytes);
    }

    private static CacheKey Key(int i) => CacheKey.Of(CacheKind.Embedding, "acme", "m", 1, BitConverter.GetBytes(i));
}
