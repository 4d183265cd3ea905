using Hybrid.GpuHost.Telemetry;

namespace Hybrid.GpuHost.Models.Routing;

/// <summary>
/// Picks so many of 100 requests. Not by chance, and not every tenth either: each request is a step of the golden ratio around a circle, of which
/// the canary has an arc. Of any n requests in a row its share is then right to a few in n, and no pattern in the requests (a client that alternates
/// between two kinds) can fall in step with it, because no multiple of an irrational step comes back to where it was.
/// </summary>
internal sealed class TrafficSplit(int percent)
{
    // 2^32 / φ, with 2^32 once around.
    private const uint Step = 2_654_435_769;

    private readonly ulong _arc = (ulong)percent * (1UL << 32) / 100;
    private PaddedCounter _position;

    /// <summary>Whether the next request is one of them.</summary>
    public bool Next() => (uint)_position.Add(unchecked((int)Step)) < _arc;
}
