using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Azure;
using Hybrid.Orchestrations.Caching;
using Hybrid.Orchestrations.Caching.AbsentIds;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Hybrid.Orchestrations.Tests.Caching;

public sealed class AbsentIdFilterTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;
    private readonly FakeTimeProvider _time = new();
    private readonly ConcurrentDictionary<string, bool> _store = [];
    private readonly CachingOptions _options = new();
    private int _reads;
    private Exception? _failure;

    [Fact]
    public async Task AbsentIds_AskedForAgainAndAgain_HardlyReachTheStore()
    {
        _store["there"] = true;
        var filter = Filter();

        for (var i = 0; i < 10_000; i++)
        {
            Assert.False(await LookUpAsync(filter, $"absent-{i}"));
            // A thousand lookups a second.
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.InRange(_reads, 1, 100);
        Assert.True(await LookUpAsync(filter, "there"));
    }

    [Fact]
    public async Task Id_ThatAnyProcessAnnounced_IsNeverDeniedByAnother()
    {
        var (ours, theirs) = (Filter(), Filter());
        var random = new Random(7);
        for (var i = 0; i < 300; i++)
        {
            // Their filter is hot, and of any age when our id comes.
            await WarmAsync(theirs);
            _time.Advance(TimeSpan.FromMilliseconds(random.Next(0, 250)));
            _store[$"id-{i}"] = true;
            var announced = ours.AnnounceAsync($"id-{i}", Cancellation);
            while (!announced.IsCompleted)
            {
                await LookUpAsync(theirs, $"absent-{i}");
                _time.Advance(TimeSpan.FromMilliseconds(random.Next(1, 60)));
            }

            Assert.True(await LookUpAsync(theirs, $"id-{i}"), $"id-{i} was denied");
        }
    }

    [Fact]
    public async Task Id_BeforeItsWindowIsOver_IsNotAnnounced()
    {
        var announced = Filter().AnnounceAsync("id", Cancellation);

        _time.Advance(_options.AbsentIds.Window - TimeSpan.FromMilliseconds(1));
        Assert.False(announced.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await announced;
    }

    [Fact]
    public async Task Filter_OfAStoreThatIsTooLarge_IsNotTrusted()
    {
        _options.AbsentIds.Capacity = 100;
        for (var i = 0; i < 101; i++)
        {
            _store[$"id-{i}"] = true;
        }

        var filter = Filter();
        await WarmAsync(filter);

        Assert.False(await filter.IsAbsentAsync("absent", Cancellation));
        Assert.True(await LookUpAsync(filter, "id-100"));
    }

    [Fact]
    public async Task Filter_OfAStoreThatFails_IsNotTrusted_AndLeavesItAloneForAWhile()
    {
        _failure = new RequestFailedException(503, "busy");
        var filter = Filter();
        await WarmAsync(filter);
        Assert.False(await filter.IsAbsentAsync("absent", Cancellation));
        _failure = null;

        await WarmAsync(filter);
        Assert.False(await filter.IsAbsentAsync("absent", Cancellation));

        _time.Advance(TimeSpan.FromMinutes(1));
        await WarmAsync(filter);
        Assert.True(await filter.IsAbsentAsync("absent", Cancellation));
    }

    [Fact]
    public async Task Filter_WithoutAWindow_AsksTheStoreAlways()
    {
        _options.AbsentIds.Window = TimeSpan.Zero;
        var filter = Filter();
        await WarmAsync(filter);

        Assert.False(await filter.IsAbsentAsync("absent", Cancellation));
        await filter.AnnounceAsync("id", Cancellation);
    }

    private AbsentIdFilter Filter() => new("collection", ListAsync, Options.Create(_options), TestMetrics.Create(), _time);

    private async Task WarmAsync(AbsentIdFilter filter)
    {
        for (var i = 0; i < 6; i++)
        {
            await LookUpAsync(filter, $"cold-{i}");
        }
    }

    /// <summary>What a store with the filter before it says.</summary>
    private async Task<bool> LookUpAsync(AbsentIdFilter filter, string id)
    {
        if (await filter.IsAbsentAsync(id, Cancellation))
        {
            return false;
        }

        _reads++;
        if (_store.ContainsKey(id))
        {
            return true;
        }

        filter.NoteAbsence();
        return false;
    }

    private async IAsyncEnumerable<string> ListAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        _reads++;
        foreach (var id in _failure is null ? _store.Keys : throw _failure)
        {
            yield return id;
        }

        await Task.CompletedTask;
    }
}
