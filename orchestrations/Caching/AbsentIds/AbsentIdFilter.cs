using Microsoft.Extensions.Options;

namespace Hybrid.Orchestrations.Caching.AbsentIds;

/// <summary>
/// Says of ids that they cannot exist, without asking the store for each. Its knowledge is one listing of the store, trusted for
/// <see cref="AbsentIdOptions.Window"/> from the listing's beginning; whoever adds an id announces it and is done only when the window
/// is over. So an id that anybody was told of is never denied, in whichever process, and no process has to know of another.
/// The store is listed only while absent ids are asked for again and again.
/// </summary>
/// <param name="kind">What the ids are of, for metrics.</param>
/// <param name="list">All ids in the store; must see everything that was written before it began.</param>
/// <param name="options">Window, size and error rate.</param>
/// <param name="metrics">Where negatives are counted.</param>
/// <param name="time">The clock of the window.</param>
internal sealed class AbsentIdFilter(
    string kind, Func<CancellationToken, IAsyncEnumerable<string>> list, IOptions<CachingOptions> options, CachingMetrics metrics, TimeProvider time)
{
    private readonly CachingOptions _caching = options.Value;
    private readonly AbsentIdOptions _options = options.Value.AbsentIds;
    private readonly Lock _change = new();
    private volatile Listing? _listing;
    private Task _refresh = Task.CompletedTask;
    private int _absences;
    private long _restsSince = long.MinValue;

    /// <summary>True: it does not exist. False: the store has to be asked.</summary>
    public async ValueTask<bool> IsAbsentAsync(string id, CancellationToken cancellation)
    {
        if (!_caching.Enabled || _options.Window <= TimeSpan.Zero)
        {
            return false;
        }

        if (!IsFresh(_listing))
        {
            await RefreshIfWorthItAsync().WaitAsync(cancellation);
        }

        if (_listing is not { } listing || !IsFresh(listing) || listing.Ids.MayContain(id))
        {
            return false;
        }

        NoteAbsence();
        metrics.WasAbsent(kind);
        return true;
    }

    /// <summary>Notes that the store was asked and did not have it.</summary>
    public void NoteAbsence() => Interlocked.Increment(ref _absences);

    /// <summary>To be called when an id was written, and waited for before anybody is told of it.</summary>
    public Task AnnounceAsync(string id, CancellationToken cancellation)
    {
        _listing?.Ids.Add(id);
        return Task.Delay(_options.Window, time, cancellation);
    }

    // So few are cheaper to ask for one by one.
    private const int WorthAListing = 4;

    // How long to leave a store alone that is too large, or too slow, to be listed within the window.
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    private bool IsFresh(Listing? listing) => listing is not null && time.GetElapsedTime(listing.BeganAt) < _options.Window;

    private Task RefreshIfWorthItAsync()
    {
        lock (_change)
        {
            if (!_refresh.IsCompleted || IsFresh(_listing))
            {
                return _refresh;
            }

            var rests = _restsSince != long.MinValue && time.GetElapsedTime(_restsSince) < Rest;
            if (!rests && Volatile.Read(ref _absences) >= WorthAListing)
            {
                _refresh = RefreshAsync();
            }

            return _refresh;
        }
    }

    private async Task RefreshAsync()
    {
        // Absences from here on count for the next listing.
        Interlocked.Exchange(ref _absences, 0);
        var fresh = new Listing(new BloomFilter(_options.Capacity, _options.FalsePositiveRate), time.GetTimestamp());
        using var limit = new CancellationTokenSource(_options.Window, time);
        var count = 0;
        try
        {
            await foreach (var id in list(limit.Token))
            {
                if (++count > _options.Capacity)
                {
                    _restsSince = time.GetTimestamp();
                    return;
                }

                fresh.Ids.Add(id);
            }

            _listing = fresh;
        }
        catch (Exception)
        {
            // The store is slow or away. It is asked for each id then, and what is wrong with it is said there.
            _restsSince = time.GetTimestamp();
        }
    }

    private sealed record Listing(BloomFilter Ids, long BeganAt);
}
