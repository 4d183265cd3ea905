namespace Hybrid.Orchestrations.Caching.Redis;

/// <summary>Names in Redis. All begin alike, so that one database can serve others too.</summary>
internal static class RedisKeys
{
    public const string Prefix = "hybrid:";

    public static string Lock(string key) => $"{Prefix}lock:{key}";
}
