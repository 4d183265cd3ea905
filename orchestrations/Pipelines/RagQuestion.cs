using System.Text.Json.Serialization;

namespace Hybrid.Orchestrations.Pipelines;

/// <summary>A question as a client asks it: what is not given is filled in from <see cref="RagOptions"/>.</summary>
public sealed record RagQuestion
{
    [JsonPropertyName("question")]
    public string? Question { get; init; }

    [JsonPropertyName("collection")]
    public string? Collection { get; init; }

    [JsonPropertyName("top_k")]
    public int? TopK { get; init; }

    [JsonPropertyName("top_n")]
    public int? TopN { get; init; }

    [JsonPropertyName("max_tokens")]
    public int? MaxTokens { get; init; }

    [JsonPropertyName("timeout_ms")]
    public long? TimeoutMs { get; init; }
}
