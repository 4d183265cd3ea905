namespace Hybrid.Contracts.Tasks;

/// <summary>How well each passage answers one query.</summary>
/// <param name="Model">Model name.</param>
/// <param name="Query">The query's text.</param>
/// <param name="Passages">The candidates' texts.</param>
/// <param name="RawScores">The model's own scores instead of their sigmoid.</param>
/// <param name="Truncate">Cut passages that do not fit beside the query.</param>
public sealed partial record RerankRequest(string Model, string Query, IReadOnlyList<string> Passages, bool RawScores = false, bool Truncate = true);

/// <summary>The scores of a <see cref="RerankRequest"/>, in the order of its passages.</summary>
/// <param name="Model">Model name.</param>
/// <param name="Version">The version that answered.</param>
/// <param name="Scores">One score per passage; higher is better.</param>
/// <param name="TokenCount">Tokens read, all pairs together.</param>
/// <param name="Timings">Where the time went.</param>
/// <param name="TokenCounts">Tokens of each pair; null from a host of an older version, which tells the sum alone.</param>
public sealed partial record RerankReply(
    string Model, int Version, IReadOnlyList<float> Scores, int TokenCount, Timings Timings, IReadOnlyList<int>? TokenCounts = null);
