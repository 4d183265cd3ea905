using System.Collections.Immutable;

namespace Hybrid.Orchestrations.Dispatch;

/// <summary>Who is in the pool and who of them is ready, as of one moment; swapped whole, read without a lock.</summary>
internal sealed record PoolSnapshot(ImmutableArray<GpuHost> Hosts, ImmutableArray<GpuHost> Ready)
{
    public static PoolSnapshot Of(ImmutableArray<GpuHost> hosts) => new(hosts, [.. hosts.Where(host => host.IsReady)]);

    /// <summary>
    /// Where to send. With nobody ready everybody is tried: signs are seconds old, a refused connection costs little, and
    /// an answer that might have been is better than a certain error.
    /// </summary>
    public ImmutableArray<GpuHost> Candidates => Ready.IsEmpty ? Hosts : Ready;
}
