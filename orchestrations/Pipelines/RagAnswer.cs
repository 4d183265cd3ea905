using System.Text.Json.Serialization;

namespace Hybrid.Orchestrations.Pipelines;

/// <summary>The output of a <see cref="RagPipeline"/>.</summary>
/// <param name="Answer">The text.</param>
/// <param name="FinishReason"><c>stop</c>, or <c>length</c> when it ran into max_tokens.</param>
/// <param name="Sources">What it rests on, best first.</param>
/// <param name="Stages">What each stage took and who did it, in their order.</param>
/// <param name="Milliseconds">The whole run on the orchestration's clock.</param>
/// <param name="Usage">Tokens of the generation.</param>
public sealed record RagAnswer(
    [property: JsonPropertyName("answer")] string Answer,
    [property: JsonPropertyName("finish_reason")] string FinishReason,
    [property: JsonPropertyName("sources")] IReadOnlyList<RagSource> Sources,
    [property: JsonPropertyName("stages")] IReadOnlyList<StageReport> Stages,
    [property: JsonPropertyName("milliseconds")] double Milliseconds,
    [property: JsonPropertyName("usage")] RagUsage Usage);

/// <summary>A passage that the answer rests on.</summary>
/// <param name="Id">The document's id.</param>
/// <param name="Title">Its title; may be empty.</param>
/// <param name="Text">Its text, whole.</param>
/// <param name="Score">The reranker's score; higher is better.</param>
public sealed record RagSource(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("title")] string Title,
    [property: JsonPropertyName("text")] string Text,
    [property: JsonPropertyName("score")] float Score);

/// <summary>One stage of a run.</summary>
/// <param name="Name"><c>embed</c>, <c>retrieve</c>, <c>rerank</c> or <c>generate</c>.</param>
/// <param name="Milliseconds">From its start to its result on the orchestration's clock, tries and waits included.</param>
/// <param name="Attempts">Tries that it took, at least 1.</param>
/// <param name="Model">Who did it; null where no model takes part.</param>
/// <param name="Version">The model's version; 0 where no model takes part.</param>
public sealed record StageReport(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("milliseconds")] double Milliseconds,
    [property: JsonPropertyName("attempts")] int Attempts,
    [property: JsonPropertyName("model"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Model,
    [property: JsonPropertyName("version"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int Version);

/// <summary>Tokens that the generation read and made.</summary>
public sealed record RagUsage(
    [property: JsonPropertyName("prompt_tokens")] int PromptTokens,
    [property: JsonPropertyName("completion_tokens")] int CompletionTokens);

/// <summary>A run's custom status.</summary>
/// <param name="Stage">The stage that is running.</param>
public sealed record RagStatus([property: JsonPropertyName("stage")] string Stage);
