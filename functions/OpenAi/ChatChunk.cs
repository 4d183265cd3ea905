using System.Text.Json.Serialization;

namespace Hybrid.Functions.OpenAi;

/// <summary>A part of a streamed answer of <c>POST /v1/chat/completions</c>.</summary>
/// <param name="Id">Names the answer; the same in all its parts.</param>
/// <param name="Object">Always <c>chat.completion.chunk</c>.</param>
/// <param name="Created">Unix seconds; the same in all parts.</param>
/// <param name="Model">Who answers.</param>
/// <param name="SystemFingerprint">Model and version.</param>
/// <param name="Choices">One; none where the part is about the usage.</param>
internal record ChatChunk(string Id, string Object, long Created, string Model, string SystemFingerprint, IReadOnlyList<ChatChunkChoice> Choices);

/// <summary>The same for who asked for the usage: it stands in every part, and is null in all but the last.</summary>
internal sealed record ChatChunkWithUsage : ChatChunk
{
    public ChatChunkWithUsage(ChatChunk chunk, ChatUsage? usage)
        : base(chunk) => Usage = usage;

    // As in OpenAI's own: after the fields that all have.
    [JsonPropertyOrder(1)]
    public ChatUsage? Usage { get; }
}

internal sealed record ChatChunkChoice(int Index, ChatDelta Delta, object? Logprobs, string? FinishReason);

/// <summary>What a part adds to the message.</summary>
/// <param name="Role">In the first part alone.</param>
/// <param name="Content">More of its text.</param>
internal sealed record ChatDelta(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Role = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Content = null);
