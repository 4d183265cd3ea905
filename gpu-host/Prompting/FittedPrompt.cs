namespace Hybrid.GpuHost.Prompting;

/// <summary>A prompt of a length that the model takes.</summary>
/// <param name="Draft">Its words.</param>
/// <param name="Tokens">Its tokens.</param>
/// <param name="DocumentsLeftOut">How many documents there was no room for: the last ones.</param>
internal sealed record FittedPrompt(PromptDraft Draft, int[] Tokens, int DocumentsLeftOut);
