using System.Text.Json;
using System.Text.Json.Serialization;
using Hybrid.Functions.Errors;
using Hybrid.Orchestrations.Pipelines;
using Microsoft.DurableTask.Client;

namespace Hybrid.Functions.Runs;

/// <summary>A run's state in Durable Functions' fields, and its error in OpenAI's.</summary>
internal sealed record RunStatusBody(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("instanceId")] string InstanceId,
    [property: JsonPropertyName("runtimeStatus")] string RuntimeStatus,
    [property: JsonPropertyName("customStatus")] JsonElement? CustomStatus,
    [property: JsonPropertyName("output")] JsonElement? Output,
    [property: JsonPropertyName("error")] ErrorDetail? Error,
    [property: JsonPropertyName("createdTime")] DateTimeOffset CreatedTime,
    [property: JsonPropertyName("lastUpdatedTime")] DateTimeOffset LastUpdatedTime)
{
    public static RunStatusBody Of(OrchestrationMetadata run) => new(
        run.Name,
        run.InstanceId,
        run.RuntimeStatus.ToString(),
        Json(run.SerializedCustomStatus),
        run.RuntimeStatus == OrchestrationRuntimeStatus.Failed ? null : Json(run.SerializedOutput),
        run.RuntimeStatus == OrchestrationRuntimeStatus.Failed ? ErrorBody.Of(FailureText.Read(run.FailureDetails)).Error : null,
        run.CreatedAt,
        run.LastUpdatedAt);

    private static JsonElement? Json(string? serialized) =>
        string.IsNullOrEmpty(serialized) ? null : JsonSerializer.Deserialize<JsonElement>(serialized);
}
