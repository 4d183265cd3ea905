namespace Hybrid.Orchestrations.Caching;

/// <summary>An answer, and how the cache took part in it.</summary>
public sealed record Cached<T>(T Reply, CacheStatus Status);

/// <summary>Where the parts of one answer came from. A batch has as many parts as inputs.</summary>
/// <param name="Parts">Parts in all; 0 where the cache had no say.</param>
/// <param name="FromMemory">Out of this process's memory.</param>
/// <param name="FromRedis">Out of the shared cache.</param>
/// <param name="Collapsed">Computed for another request that asked the same at the same time.</param>
/// <param name="Use">What the caller let the cache do.</param>
public readonly record struct CacheStatus(int Parts, int FromMemory, int FromRedis, int Collapsed, CacheUse Use)
{
    /// <summary>Nothing was computed for this request.</summary>
    public bool IsHit => Parts > 0 && FromMemory + FromRedis == Parts;

    /// <summary>The value of the <c>Cache-Status</c> header (RFC 9211).</summary>
    public override string ToString()
    {
        if (IsHit)
        {
            return FromRedis > 0 ? $"{Name}; hit; detail=redis" : $"{Name}; hit; detail=memory";
        }

        var hits = FromMemory + FromRedis;
        return Use == CacheUse.Refresh ? $"{Name}; fwd=request; stored"
            : Use == CacheUse.None || Parts == 0 ? $"{Name}; fwd=bypass"
            : hits > 0 ? $"{Name}; fwd=partial; detail=\"{hits}/{Parts}\""
            : Collapsed == Parts ? $"{Name}; fwd=miss; collapsed"
            : $"{Name}; fwd=miss; stored";
    }

    private const string Name = "hybrid";
}
