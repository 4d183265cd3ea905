using System.Text.Json;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tasks;
using Hybrid.Functions.Requests;

namespace Hybrid.Functions.OpenAi;

/// <summary>The body of <c>POST /v1/embeddings</c>.</summary>
internal sealed record EmbeddingsBody
{
    public string? Model { get; init; }

    public JsonElement Input { get; init; }

    public string? EncodingFormat { get; init; }

    public int? Dimensions { get; init; }

    /// <summary>Base64 of little-endian float32 instead of JSON numbers; what OpenAI's own clients ask for unless told otherwise.</summary>
    public bool AsBase64 => EncodingFormat switch
    {
        null or "float" => false,
        "base64" => true,
        _ => throw Fields.Unprocessable("encoding_format", "must be 'float' or 'base64'"),
    };

    public EmbedRequest ToTask() => new(Fields.Text(Model, "model"), Inputs(Input));

    /// <summary>Models here are not trained to have their vectors shortened: another length than theirs is an error, not a cut.</summary>
    public void CheckDimensions(EmbedReply reply)
    {
        if (Dimensions is { } wanted && wanted != reply.Dimensions)
        {
            throw Fields.Unprocessable("dimensions", $"is {wanted}, but {reply.Model} makes vectors of {reply.Dimensions}, which cannot be shortened");
        }
    }

    // What OpenAI takes at most in one request, and per text in tokens.
    private const int MaxInputs = 2048;

    private const int MaxTokens = 8192;

    private static IReadOnlyList<EmbedInput> Inputs(JsonElement input) => input.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => throw Fields.Missing("input"),
        JsonValueKind.String => [Fields.Text(input, "input")],
        JsonValueKind.Array when input.GetArrayLength() == 0 => throw Fields.Unprocessable("input", "is empty"),
        JsonValueKind.Array when input[0].ValueKind == JsonValueKind.Number => [Tokens(input, "input")],
        JsonValueKind.Array when input.GetArrayLength() > MaxInputs => throw Fields.TooMany("input", input.GetArrayLength(), MaxInputs),
        JsonValueKind.Array => [.. input.EnumerateArray().Select((item, i) => OneInput(item, $"input[{i}]"))],
        _ => throw Kind("input"),
    };

    private static EmbedInput OneInput(JsonElement item, string field) => item.ValueKind switch
    {
        JsonValueKind.String => Fields.Text(item, field),
        JsonValueKind.Array => Tokens(item, field),
        _ => throw Kind(field),
    };

    private static EmbedInput Tokens(JsonElement item, string field)
    {
        var count = item.GetArrayLength();
        if (count is 0 or > MaxTokens)
        {
            throw Fields.Unprocessable(field, $"has {count} tokens; it must have 1 to {MaxTokens}");
        }

        var tokens = new int[count];
        for (var i = 0; i < count; i++)
        {
            tokens[i] = item[i].ValueKind == JsonValueKind.Number && item[i].TryGetInt32(out var token) && token >= 0
                ? token
                : throw Fields.WrongKind($"{field}[{i}]", "a token: a whole number from 0");
        }

        return new EmbedInput(null, tokens);
    }

    private static HybridException Kind(string field) => Fields.WrongKind(field, "a string, an array of strings, or arrays of tokens");
}
