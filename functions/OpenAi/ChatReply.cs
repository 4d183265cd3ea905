using Hybrid.Contracts.Tasks;

namespace Hybrid.Functions.OpenAi;

/// <summary>The answer of <c>POST /v1/chat/completions</c>.</summary>
/// <param name="Id">Names the answer.</param>
/// <param name="Object">Always <c>chat.completion</c>.</param>
/// <param name="Created">Unix seconds.</param>
/// <param name="Model">Who answered.</param>
/// <param name="SystemFingerprint">Model and version: the same one answers the same.</param>
/// <param name="Choices">Exactly one.</param>
/// <param name="Usage">Tokens.</param>
internal sealed record ChatReply(
    string Id,
    string Object,
    long Created,
    string Model,
    string SystemFingerprint,
    IReadOnlyList<ChatChoice> Choices,
    ChatUsage Usage)
{
    public static ChatReply Of(GenerateReply reply, string requestId, DateTimeOffset now) => new(
        $"chatcmpl-{requestId}",
        "chat.completion",
        now.ToUnixTimeSeconds(),
        reply.Model,
        $"{reply.Model}@{reply.Version}",
        [new ChatChoice(0, new ChatReplyMessage("assistant", reply.Text, null), null, reply.FinishReason.ToName())],
        ChatUsage.Of(reply.PromptTokens, reply.CompletionTokens));
}

internal sealed record ChatChoice(int Index, ChatReplyMessage Message, object? Logprobs, string FinishReason);

internal sealed record ChatReplyMessage(string Role, string Content, string? Refusal);

internal sealed record ChatUsage(int PromptTokens, int CompletionTokens, int TotalTokens, PromptTokensDetails PromptTokensDetails)
{
    public static ChatUsage Of(int prompt, int completion) => new(prompt, completion, prompt + completion, new PromptTokensDetails(0));
}

internal sealed record PromptTokensDetails(int CachedTokens);
