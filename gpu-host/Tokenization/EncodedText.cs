namespace Hybrid.GpuHost.Tokenization;

/// <summary>A text, or a pair of texts, as a model's input.</summary>
/// <param name="Ids">The tokens, special ones included.</param>
/// <param name="TypeIds">To which text each token belongs, as the model counts them (0 or 1); as long as <paramref name="Ids"/>.</param>
/// <param name="Overflow">How many tokens were cut; 0: all of the text is here.</param>
public sealed record EncodedText(int[] Ids, int[] TypeIds, int Overflow);
