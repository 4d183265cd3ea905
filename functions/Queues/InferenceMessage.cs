using System.Text;
using System.Text.Json.Serialization;
using Hybrid.Contracts.Errors;
using Hybrid.Functions.Requests;
using Hybrid.Orchestrations.Pipelines;

namespace Hybrid.Functions.Queues;

/// <summary>A message on the queue: a question, whose it is, and the id that names its result.</summary>
internal sealed record InferenceMessage : RagQuestion
{
    /// <summary>Whoever may write to the queue may speak for any tenant; default <c>default</c>.</summary>
    [JsonPropertyName("tenant")]
    public string Tenant { get; init; } = "default";

    /// <exception cref="HybridException">A field is not of its kind.</exception>
    public static InferenceMessage Parse(string text) => RequestReader.Parse<InferenceMessage>(Encoding.UTF8.GetBytes(text));
}
