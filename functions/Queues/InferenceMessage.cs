using System.Text;
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

    /// <exception cref="HybridException">It is not JSON, or has no id that could name a result: nobody can be told but the poison queue.</exception>
    public static InferenceMessage Parse(string text)
    {
        var message = RequestReader.Parse<InferenceMessage>(Encoding.UTF8.GetBytes(text));
        return ResultStore.IsValidId(message.Id)
            ? message
            : throw new HybridException(ErrorCode.InvalidRequest, $"The message has no id of {ResultStore.IdRule}.", "id");
    }
}
