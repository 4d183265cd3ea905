using System.Collections.Immutable;
using Hybrid.Contracts.Errors;
using Hybrid.Orchestrations.Budgets;
using Hybrid.Orchestrations.Dispatch;
using Microsoft.Extensions.Options;

namespace Hybrid.Orchestrations.Caching.Versions;

/// <summary>
/// Which version of each model answers now: what the hosts say of themselves, and what replies say. Where hosts differ, during a
/// rollout, it is the newest; an answer names its version either way, so it never passes for another one's.
/// </summary>
internal sealed class ServedVersions(GpuPool pool, IOptions<CachingOptions> options, TimeProvider time)
{
    private readonly Lock _change = new();
    private volatile ImmutableDictionary<string, int> _versions = ImmutableDictionary<string, int>.Empty;
    private Task _asking = Task.CompletedTask;
    private long _askedAt = long.MinValue;

    /// <summary>The version under which to look; null for a model that no host is known to serve.</summary>
    public async ValueTask<int?> FindAsync(string model, CancellationToken cancellation)
    {
        if (!_versions.TryGetValue(model, out var version))
        {
            await AskUnlessJustAskedAsync().WaitAsync(cancellation);
        }

        return _versions.TryGetValue(model, out version) ? version : null;
    }

    /// <summary>Notes which version a reply came from.</summary>
    public void Note(string model, int version)
    {
        if (_versions.TryGetValue(model, out var known) && known == version)
        {
            return;
        }

        lock (_change)
        {
            _versions = _versions.SetItem(model, version);
        }
    }

    /// <summary>Asks the hosts. When none answers, what was known stays.</summary>
    public async Task RefreshAsync(CancellationToken cancellation)
    {
        try
        {
            var call = new PoolCall("hybrid", "served-versions", Deadline.After(Patience, time));
            var models = await pool.ModelsAsync(call, cancellation);
            lock (_change)
            {
                _versions = models
                    .GroupBy(model => model.Name, StringComparer.Ordinal)
                    .ToImmutableDictionary(group => group.Key, group => group.Max(model => model.Version), StringComparer.Ordinal);
            }
        }
        catch (HybridException)
        {
            // Nobody is there to ask; requests find out for themselves.
        }
    }

    // Hosts are in the same network and answer this without any work.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Names that no host serves come from outside in any number: they are worth one question an interval.</summary>
    private Task AskUnlessJustAskedAsync()
    {
        lock (_change)
        {
            if (_asking.IsCompleted && (_askedAt == long.MinValue || time.GetElapsedTime(_askedAt) >= options.Value.VersionInterval))
            {
                _askedAt = time.GetTimestamp();
                _asking = RefreshAsync(CancellationToken.None);
            }

            return _asking;
        }
    }
}
