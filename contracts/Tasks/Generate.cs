namespace Hybrid.Contracts.Tasks;

/// <summary>One turn of a conversation.</summary>
/// <param name="Role"><c>system</c>, <c>user</c> or <c>assistant</c>.</param>
/// <param name="Content">Its text.</param>
public sealed partial record ChatMessage(string Role, string Content);

/// <summary>A passage that the answer should rest on; the model's chat template says where it goes.</summary>
public sealed partial record ContextDocument(string Title, string Text);

/// <summary>How the next token is chosen. The defaults are greedy and deterministic.</summary>
/// <param name="Temperature">0: the most likely token always; otherwise logits are divided by it before the softmax.</param>
/// <param name="TopP">Only the smallest set of tokens whose probability reaches this.</param>
/// <param name="TopK">Only this many tokens; 0: all.</param>
/// <param name="Seed">Makes a sampled answer repeatable; null: a fresh seed.</param>
public sealed partial record Sampling(float Temperature = 0, float TopP = 1, int TopK = 0, long? Seed = null);

/// <summary>A conversation to its next turn.</summary>
/// <param name="Model">Model name.</param>
/// <param name="Messages">The turns so far, oldest first.</param>
/// <param name="Documents">Passages to answer from, best first; empty for a plain chat.</param>
/// <param name="MaxTokens">Most tokens to make; 0: as many as the model's length leaves.</param>
/// <param name="Stop">Texts that end the answer, themselves not part of it.</param>
/// <param name="Sampling">How tokens are chosen.</param>
public sealed partial record GenerateRequest(
    string Model,
    IReadOnlyList<ChatMessage> Messages,
    IReadOnlyList<ContextDocument> Documents,
    int MaxTokens,
    IReadOnlyList<string> Stop,
    Sampling Sampling);

/// <summary>Why an answer ended.</summary>
public enum FinishReason
{
    /// <summary>The model's end token, or a stop text.</summary>
    Stop = 0,

    /// <summary>The most tokens, or the model's length.</summary>
    Length = 1,
}

/// <summary>The answer to a <see cref="GenerateRequest"/>.</summary>
/// <param name="Model">Model name.</param>
/// <param name="Version">The version that answered.</param>
/// <param name="Text">The turn's text, without special tokens.</param>
/// <param name="FinishReason">Why it ended.</param>
/// <param name="PromptTokens">Tokens of the prompt.</param>
/// <param name="CompletionTokens">Tokens made, the end token among them.</param>
/// <param name="Timings">Where the time went.</param>
public sealed partial record GenerateReply(
    string Model,
    int Version,
    string Text,
    FinishReason FinishReason,
    int PromptTokens,
    int CompletionTokens,
    Timings Timings);
