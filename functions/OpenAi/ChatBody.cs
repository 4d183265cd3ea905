using System.Text.Json;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tasks;
using Hybrid.Functions.Requests;

namespace Hybrid.Functions.OpenAi;

/// <summary>The body of <c>POST /v1/chat/completions</c>. What would change the answer and is not built is refused, never ignored.</summary>
internal sealed record ChatBody
{
    public string? Model { get; init; }

    public IReadOnlyList<ChatMessageBody>? Messages { get; init; }

    /// <summary>The answer is sent while it is made.</summary>
    public bool? Stream { get; init; }

    public StreamOptionsBody? StreamOptions { get; init; }

    public int? MaxTokens { get; init; }

    /// <summary>The newer name of <see cref="MaxTokens"/>; counts where both are given.</summary>
    public int? MaxCompletionTokens { get; init; }

    public float? Temperature { get; init; }

    public float? TopP { get; init; }

    public long? Seed { get; init; }

    /// <summary>A string or an array of up to four.</summary>
    public JsonElement Stop { get; init; }

    public int? N { get; init; }

    public bool? Logprobs { get; init; }

    public float? FrequencyPenalty { get; init; }

    public float? PresencePenalty { get; init; }

    public JsonElement Tools { get; init; }

    public JsonElement LogitBias { get; init; }

    public ResponseFormatBody? ResponseFormat { get; init; }

    public GenerateRequest ToTask()
    {
        RefuseWhatCannotBe();
        var messages = Fields.List(Messages, MaxMessages, "messages");
        return new GenerateRequest(
            Fields.Text(Model, "model"),
            [.. messages.Select((message, i) => (message ?? throw Fields.WrongKind($"messages[{i}]", "an object")).ToMessage($"messages[{i}]"))],
            [],
            Fields.InRange(MaxCompletionTokens ?? MaxTokens, 1, MostTokens, 0, "max_tokens"),
            StopTexts(),
            new Sampling(
                Fields.InRange(Temperature, 0, 2, 0, "temperature"),
                Fields.InRange(TopP, 0.001f, 1, 1, "top_p"),
                0,
                Seed));
    }

    private const int MaxMessages = 1024;

    private const int MostTokens = 1 << 20;

    private const int MaxStops = 4;

    private void RefuseWhatCannotBe()
    {
        if (StreamOptions is not null && Stream != true)
        {
            throw new HybridException(ErrorCode.InvalidRequest, "stream_options goes with 'stream': true only.", "stream_options");
        }

        Refuse(N is not (null or 1), "n", "must be 1: one answer to a request");
        Refuse(Logprobs == true, "logprobs", "is not supported");
        Refuse(FrequencyPenalty is not (null or 0), "frequency_penalty", "is not supported");
        Refuse(PresencePenalty is not (null or 0), "presence_penalty", "is not supported");
        Refuse(Tools is { ValueKind: JsonValueKind.Array } && Tools.GetArrayLength() > 0, "tools", "is not supported");
        Refuse(LogitBias is { ValueKind: JsonValueKind.Object } && LogitBias.EnumerateObject().Any(), "logit_bias", "is not supported");
        Refuse(ResponseFormat is { Type: not (null or "text") }, "response_format", "must be of type 'text'");
    }

    private static void Refuse(bool given, string field, string fault)
    {
        if (given)
        {
            throw Fields.Unprocessable(field, fault);
        }
    }

    private IReadOnlyList<string> StopTexts() => Stop.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => [],
        JsonValueKind.String => [StopText(Stop, "stop")],
        JsonValueKind.Array when Stop.GetArrayLength() > MaxStops => throw Fields.TooMany("stop", Stop.GetArrayLength(), MaxStops),
        JsonValueKind.Array => [.. Stop.EnumerateArray().Select((item, i) => StopText(item, $"stop[{i}]"))],
        _ => throw Fields.WrongKind("stop", "a string or an array of strings"),
    };

    // A line break is a good stop text, so white space is allowed here.
    private static string StopText(JsonElement item, string field) =>
        Fields.String(item, field) is { Length: > 0 } text ? text : throw Fields.Unprocessable(field, "is empty");
}

/// <param name="IncludeUsage">A last part tells how many tokens there were.</param>
internal sealed record StreamOptionsBody(bool? IncludeUsage);

internal sealed record ResponseFormatBody(string? Type);
