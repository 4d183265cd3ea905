using System.Text.Json;

namespace Hybrid.GpuHost.Tokenization;

/// <summary>A token that is found in a text as it stands, before anything else is done to the text.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Text">Its text.</param>
/// <param name="Special">A control token: it says something to the model that is not text.</param>
/// <param name="SwallowsLeft">It takes white space before it away.</param>
/// <param name="SwallowsRight">It takes white space after it away.</param>
/// <param name="SingleWord">It is not found inside a word.</param>
internal sealed record AddedToken(int Id, string Text, bool Special, bool SwallowsLeft, bool SwallowsRight, bool SingleWord)
{
    /// <summary>
    /// Whether only a template may write it. Some models' control tokens are not declared special (DeepSeek's turn marks, Qwen's
    /// tool-call tags), so whatever is written as a tag counts.
    /// </summary>
    public bool TemplateOnly => Special || Text is ['<', .., '>'] or ['[', .., ']'];

    public static IReadOnlyList<AddedToken> Read(JsonElement tokenizer) => tokenizer.Field("added_tokens") is { ValueKind: JsonValueKind.Array } tokens
        ? [.. tokens.EnumerateArray().Select(Of).Where(token => token.Text.Length > 0)]
        : [];

    private static AddedToken Of(JsonElement token) => new(
        token.GetProperty("id").GetInt32(),
        token.Text("content", ""),
        token.Flag("special", false),
        token.Flag("lstrip", false),
        token.Flag("rstrip", false),
        token.Flag("single_word", false));
}
