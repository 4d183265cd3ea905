namespace Hybrid.Orchestrations.Caching;

/// <summary>Where answers come from that no cache has.</summary>
/// <param name="ComputeAsync">Computes the parts at these places of a request, in that order.</param>
/// <param name="KeyOf">Under which key the part at a place is to be kept: the version that answered stands in it.</param>
internal sealed record Origin<T>(Func<IReadOnlyList<int>, CancellationToken, Task<T[]>> ComputeAsync, Func<int, T, CacheKey> KeyOf);

/// <summary>A part of an answer, and who had it.</summary>
internal readonly record struct Part<T>(T Value, PartSource Source);

internal enum PartSource
{
    Computed,
    Memory,
    Redis,
    Collapsed,
}
