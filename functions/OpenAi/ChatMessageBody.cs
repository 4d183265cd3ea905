using System.Text.Json;
using Hybrid.Contracts.Tasks;
using Hybrid.Functions.Requests;

namespace Hybrid.Functions.OpenAi;

/// <summary>One message of a chat.</summary>
internal sealed record ChatMessageBody
{
    public string? Role { get; init; }

    /// <summary>A string, or an array of text parts.</summary>
    public JsonElement Content { get; init; }

    public ChatMessage ToMessage(string field) => new(ToRole($"{field}.role"), ToText($"{field}.content"));

    private string ToRole(string field) => Fields.Required(Role, field) switch
    {
        // OpenAI's newer name of the same thing.
        "developer" => "system",
        "system" or "user" or "assistant" => Role!,
        _ => throw Fields.Unprocessable(field, "must be 'system', 'developer', 'user' or 'assistant'"),
    };

    private string ToText(string field) => Content.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => throw Fields.Missing(field),
        JsonValueKind.String => Fields.Text(Content, field),
        JsonValueKind.Array => Fields.Text(string.Concat(Content.EnumerateArray().Select((part, i) => PartText(part, $"{field}[{i}]"))), field),
        _ => throw Fields.WrongKind(field, "a string or an array of text parts"),
    };

    private static string PartText(JsonElement part, string field)
    {
        if (part.ValueKind != JsonValueKind.Object || !part.TryGetProperty("type", out var type))
        {
            throw Fields.WrongKind(field, "an object with a type");
        }

        if (Fields.String(type, $"{field}.type") != "text")
        {
            throw Fields.Unprocessable($"{field}.type", "must be 'text': models here read text only");
        }

        return part.TryGetProperty("text", out var text) ? Fields.String(text, $"{field}.text") : throw Fields.Missing($"{field}.text");
    }
}
