using System.Collections.Immutable;

namespace Hybrid.Orchestrations.Dispatch;

/// <summary>Who is in the pool and who of them may be given what, as of one moment; swapped whole, read without a lock.</summary>
internal sealed record PoolSnapshot(ImmutableArray<GpuHost> Hosts, ImmutableArray<GpuHost> Ready, ImmutableArray<GpuHost> OnTrial)
{
    public static PoolSnapshot Of(ImmutableArray<GpuHost> hosts)
    {
        // Each standing is read once: a host is in one list at most.
        var standings = hosts.Select(host => (Host: host, host.Standing)).ToArray();
        return new PoolSnapshot(hosts, Those(HostStanding.In), Those(HostStanding.OnTrial));

        ImmutableArray<GpuHost> Those(HostStanding standing) =>
            [.. standings.Where(pair => pair.Standing == standing).Select(pair => pair.Host)];
    }

    /// <summary>
    /// Where to send. With nobody ready everybody is tried: signs are seconds old, a refused connection costs little, and
    /// an answer that might have been is better than a certain error.
    /// </summary>
    public ImmutableArray<GpuHost> Candidates => this switch
    {
        { Ready.IsEmpty: false } => Ready,
        { OnTrial.IsEmpty: false } => OnTrial,
        _ => Hosts,
    };
}
