using System.Text;
using System.Text.Json.Nodes;
using Hybrid.Contracts.Errors;
using Hybrid.Functions.Requests;
using Hybrid.Orchestrations.Results;

namespace Hybrid.Functions.Queues;

/// <summary>What is read of a message before the rest is looked at: with it even a bad message can be answered and traced.</summary>
/// <param name="Id">Names the result.</param>
/// <param name="TraceParent">W3C trace context of whoever wrote the message: then its run is a part of that trace.</param>
/// <param name="TraceState">The vendor's part of it.</param>
internal sealed record MessageEnvelope(string Id, string? TraceParent, string? TraceState)
{
    /// <exception cref="HybridException">It is not JSON, or has no id that could name a result: only the poison queue can take it.</exception>
    public static MessageEnvelope Read(string text)
    {
        var message = RequestReader.Parse<JsonObject>(Encoding.UTF8.GetBytes(text));
        return Text(message["id"]) is { } id && ResultStore.IsValidId(id)
            ? new MessageEnvelope(id, Text(message["traceparent"]), Text(message["tracestate"]))
            : throw new HybridException(ErrorCode.InvalidRequest, $"The message has no id of {ResultStore.IdRule}.", "id");
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
