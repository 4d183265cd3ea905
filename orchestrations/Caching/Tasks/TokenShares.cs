namespace Hybrid.Orchestrations.Caching.Tasks;

/// <summary>The tokens of each part of a reply.</summary>
internal static class TokenShares
{
    /// <summary>What the host says; of a host of an older version, which tells the sum alone, equal shares that add up to it.</summary>
    public static IReadOnlyList<int> Of(IReadOnlyList<int>? counts, int sum, int parts) =>
        counts?.Count == parts ? counts : [.. Enumerable.Range(0, parts).Select(i => (sum / parts) + (i < sum % parts ? 1 : 0))];
}
