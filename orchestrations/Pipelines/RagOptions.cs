using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Hybrid.Orchestrations.Pipelines;

/// <summary>What a run uses when its request does not say; section <c>Rag</c>.</summary>
public sealed class RagOptions
{
    public const string Section = "Rag";

    /// <value>Embeds documents and questions; default <c>demo-embed</c>.</value>
    [Required]
    public string EmbedModel { get; set; } = "demo-embed";

    /// <value>Ranks what was retrieved; default <c>demo-rerank</c>.</value>
    [Required]
    public string RerankModel { get; set; } = "demo-rerank";

    /// <value>Writes the answer; default <c>demo-generate</c>.</value>
    [Required]
    public string GenerateModel { get; set; } = "demo-generate";

    /// <value>Documents to retrieve; 1 to 50, default 10: what a reranker reads in one batch.</value>
    [Range(1, RagLimits.MaxTopK)]
    public int TopK { get; set; } = 10;

    /// <value>Documents to answer from; 1 to 8, default 3.</value>
    [Range(1, RagLimits.MaxTopN)]
    public int TopN { get; set; } = 3;

    /// <value>Most tokens of an answer; 1 to 4096, default 256.</value>
    [Range(1, RagLimits.MaxTokens)]
    public int MaxTokens { get; set; } = 256;

    /// <value>
    /// Time of a whole run; 1 s to 10 min, default 30 s. Nobody holds a connection open for a run, and it shall outlive the
    /// restart of a process (a few seconds, with models to load), which a synchronous request's budget would not.
    /// </value>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);
}

[OptionsValidator]
internal sealed partial class RagOptionsValidator : IValidateOptions<RagOptions>;
