namespace Hybrid.Orchestrations.Caching;

/// <summary>What is cached.</summary>
internal enum CacheKind
{
    /// <summary>One text's vector.</summary>
    Embedding,

    /// <summary>One passage's score for one query.</summary>
    Rerank,

    /// <summary>An answer that would come out the same again.</summary>
    Generation,

    /// <summary>A run that has ended.</summary>
    RunStatus,
}

internal static class CacheKinds
{
    /// <summary>The name in keys and metrics.</summary>
    public static string ToName(this CacheKind kind) => kind switch
    {
        CacheKind.Embedding => "embedding",
        CacheKind.Rerank => "rerank",
        CacheKind.Generation => "generation",
        _ => "run_status",
    };
}
