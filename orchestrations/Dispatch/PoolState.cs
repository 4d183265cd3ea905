using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Hybrid.Orchestrations.Dispatch;

/// <summary>The live holder of the pool's snapshot.</summary>
internal sealed class PoolState
{
    private readonly ILogger<PoolState> _logger;
    private readonly Lock _swap = new();
    private volatile PoolSnapshot _snapshot;

    public PoolState(IOptions<GpuPoolOptions> options, ILogger<PoolState> logger)
    {
        _logger = logger;
        _snapshot = PoolSnapshot.Of([.. options.Value.HostsOrDefault.Select(address => new GpuHost(address))]);
    }

    public PoolSnapshot Snapshot => _snapshot;

    public ImmutableArray<GpuHost> Hosts => _snapshot.Hosts;

    /// <summary>Notes whether a host is ready, from a health poll or from a call that found nobody there.</summary>
    public void Mark(GpuHost host, bool ready)
    {
        lock (_swap)
        {
            if (!host.Mark(ready))
            {
                return;
            }

            _snapshot = PoolSnapshot.Of(_snapshot.Hosts);
        }

        if (ready)
        {
            Log.HostReady(_logger, host.Address);
        }
        else
        {
            Log.HostLost(_logger, host.Address);
        }
    }
}
