using System.Text.Json.Serialization;
using Hybrid.Orchestrations.Budgets;

namespace Hybrid.Orchestrations.Pipelines;

/// <summary>
/// The input of a <see cref="RagPipeline"/>: complete, so that a replay needs nothing but history. Made by
/// <see cref="RagRequests"/>.
/// </summary>
/// <param name="Question">What to answer.</param>
/// <param name="Collection">Where to look.</param>
/// <param name="Tenant">Whose collection it is.</param>
/// <param name="TopK">Documents to retrieve.</param>
/// <param name="TopN">Documents to answer from.</param>
/// <param name="MaxTokens">Most tokens of the answer.</param>
/// <param name="TimeoutMs">Milliseconds for the whole run.</param>
/// <param name="Models">Who does the work.</param>
/// <param name="Shares">How the time is shared out.</param>
public sealed record RagRequest(
    [property: JsonPropertyName("question")] string Question,
    [property: JsonPropertyName("collection")] string Collection,
    [property: JsonPropertyName("tenant")] string Tenant,
    [property: JsonPropertyName("top_k")] int TopK,
    [property: JsonPropertyName("top_n")] int TopN,
    [property: JsonPropertyName("max_tokens")] int MaxTokens,
    [property: JsonPropertyName("timeout_ms")] long TimeoutMs,
    [property: JsonPropertyName("models")] RagModels Models,
    [property: JsonPropertyName("shares")] StageShares Shares);

/// <summary>The models of a run.</summary>
public sealed record RagModels(
    [property: JsonPropertyName("embed")] string Embed,
    [property: JsonPropertyName("rerank")] string Rerank,
    [property: JsonPropertyName("generate")] string Generate);
