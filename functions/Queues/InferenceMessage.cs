using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Hybrid.Contracts.Errors;
using Hybrid.Functions.Requests;
using Hybrid.Orchestrations.Pipelines;
using Hybrid.Orchestrations.Results;

namespace Hybrid.Functions.Queues;

/// <summary>A message on the queue: a question, whose it is, and the id that names its result.</summary>
internal sealed record InferenceMessage : RagQuestion
{
    /// <summary>Whoever may write to the queue may speak for any tenant; default <c>default</c>.</summary>
    [JsonPropertyName("tenant")]
    public string Tenant { get; init; } = "default";

    /// <summary>The id alone, read before the rest is looked at: with it even a bad message can be answered.</summary>
    /// <exception cref="HybridException">It is not JSON, or has no id that could name a result: only the poison queue can take it.</exception>
    public static string IdOf(string text) =>
        RequestReader.Parse<JsonObject>(Encoding.UTF8.GetBytes(text))["id"] is JsonValue value && value.TryGetValue<string>(out var id) && ResultStore.IsValidId(id)
            ? id
            : throw new HybridException(ErrorCode.InvalidRequest, $"The message has no id of {ResultStore.IdRule}.", "id");

    /// <exception cref="HybridException">A field is not of its kind.</exception>
    public static InferenceMessage Parse(string text) => RequestReader.Parse<InferenceMessage>(Encoding.UTF8.GetBytes(text));
}
