using System.Text.Json.Serialization;
using Hybrid.Contracts.Errors;
using Hybrid.Orchestrations.Pipelines;

namespace Hybrid.Orchestrations.Results;

/// <summary>What the blob <c>results/{id}.json</c> holds.</summary>
/// <param name="Id">The message's id.</param>
/// <param name="Status"><c>completed</c> or <c>failed</c>.</param>
/// <param name="Output">The answer of a completed run.</param>
/// <param name="Error">Why a run failed.</param>
public sealed record RunResult(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("output"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RagAnswer? Output,
    [property: JsonPropertyName("error"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RunError? Error)
{
    public static RunResult Completed(string id, RagAnswer output) => new(id, "completed", output, null);

    public static RunResult Failed(string id, Error error) => new(id, "failed", null, RunError.Of(error));
}

/// <summary>An error in JSON.</summary>
/// <param name="Code">The name of an <see cref="ErrorCode"/>.</param>
/// <param name="Message">For people.</param>
/// <param name="Param">The stage, or the field at fault.</param>
public sealed record RunError(
    [property: JsonPropertyName("code")] string Code,
    [property: JsonPropertyName("message")] string Message,
    [property: JsonPropertyName("param")] string? Param)
{
    public static RunError Of(Error error) => new(error.Code.ToName(), error.Message, error.Param);
}
