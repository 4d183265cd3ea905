using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Hybrid.Orchestrations.Dispatch;

/// <summary>The live holder of the pool's snapshot: whatever is learned about a host comes here.</summary>
internal sealed class PoolState : IDisposable
{
    private readonly ILogger<PoolState> _logger;
    private readonly Lock _change = new();
    private volatile PoolSnapshot _snapshot;

    public PoolState(IOptions<GpuPoolOptions> options, TimeProvider time, ILogger<PoolState> logger)
    {
        _logger = logger;
        _snapshot = PoolSnapshot.Of(
            [.. options.Value.HostsOrDefault.Select(address => new GpuHost(address, new HostBreaker(options.Value, time), time))]);
    }

    public PoolSnapshot Snapshot => _snapshot;

    public ImmutableArray<GpuHost> Hosts => _snapshot.Hosts;

    /// <summary>Chooses the host of an attempt.</summary>
    /// <param name="avoid">Hosts that this call tried already; only taken when there is no other.</param>
    public HostPick Pick(IReadOnlyCollection<GpuHost> avoid)
    {
        var snapshot = _snapshot;

        // A first attempt alone may be a trial: whoever was unlucky once goes where it is known to work.
        if (avoid.Count == 0 && !snapshot.OnTrial.IsEmpty && TryBeginTrial(snapshot.OnTrial) is { } trial)
        {
            return trial;
        }

        return PickOf(PowerOfTwoChoices.Pick(snapshot.Candidates, avoid, Random.Shared));
    }

    /// <summary>Chooses the host of an attempt beside another; null: no host that is known to work is left.</summary>
    public HostPick? PickOther(IReadOnlyCollection<GpuHost> tried)
    {
        var others = _snapshot.Ready.RemoveAll(tried.Contains);
        return others.IsEmpty ? null : PickOf(PowerOfTwoChoices.Pick(others, [], Random.Shared));
    }

    /// <summary>A given host as the host of an attempt.</summary>
    public static HostPick PickOf(GpuHost host) => new(host, host.Breaker.Epoch, IsTrial: false);

    /// <summary>Notes what an attempt showed about its host.</summary>
    public void Ended(HostPick pick, HostSign sign)
    {
        var (host, epoch, _) = pick;
        host.Note(sign);
        if (sign == HostSign.Works && host.Breaker.IsClean)
        {
            return;
        }

        Change(host, () =>
        {
            switch (sign)
            {
                case HostSign.Works:
                    host.Breaker.Succeeded(epoch);
                    break;
                case HostSign.Failed:
                    host.Breaker.Failed(epoch);
                    break;
                case HostSign.Outrun:
                    host.Breaker.Outrun(epoch);
                    break;
                case HostSign.Unreachable:
                    // Nobody is there: do not wait for the next health poll to say so.
                    host.IsReady = false;
                    host.Breaker.Failed(epoch);
                    break;
                default:
                    host.IsReady &= sign != HostSign.NotReady;
                    host.Breaker.ShowedNothing(epoch, pick.IsTrial);
                    break;
            }
        });
    }

    /// <summary>Notes what a host's health route said.</summary>
    public void Polled(GpuHost host, bool ready) => Change(host, () =>
    {
        host.IsReady = ready;
        if (ready)
        {
            host.Forgive();
            host.Breaker.Healthy();
        }
    });

    public void Dispose()
    {
        foreach (var host in Hosts)
        {
            host.Dispose();
        }
    }

    private HostPick? TryBeginTrial(ImmutableArray<GpuHost> hosts)
    {
        lock (_change)
        {
            return hosts.FirstOrDefault(host => host.IsReady && host.Breaker.TryBeginTrial()) is { } host
                ? new HostPick(host, host.Breaker.Epoch, IsTrial: true)
                : null;
        }
    }

    private void Change(GpuHost host, Action change)
    {
        HostStanding before, after;
        lock (_change)
        {
            before = host.Standing;
            change();
            after = host.Standing;
            if (before != after)
            {
                _snapshot = PoolSnapshot.Of(_snapshot.Hosts);
            }
        }

        if (before != after)
        {
            LogStanding(host, after);
        }
    }

    private void LogStanding(GpuHost host, HostStanding standing)
    {
        switch (standing)
        {
            case HostStanding.In:
                Log.HostReady(_logger, host.Address);
                break;
            case HostStanding.OnTrial:
                Log.HostOnTrial(_logger, host.Address);
                break;
            default:
                Log.HostLost(_logger, host.Address, host.Breaker.State);
                break;
        }
    }
}
