using System.Text.Json.Serialization;

namespace Hybrid.Orchestrations.Pipelines;

/// <summary>A question as a client asks it: what is not given is filled in from <see cref="RagOptions"/>.</summary>
public record RagQuestion
{
    /// <summary>Makes a repeated question the same run.</summary>
    [JsonPropertyName("id")]
    public string? Id { get; init; }

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
