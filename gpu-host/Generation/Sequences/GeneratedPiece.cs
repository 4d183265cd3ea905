using Hybrid.Contracts.Tasks;

namespace Hybrid.GpuHost.Generation.Sequences;

/// <summary>What one step added to a sequence.</summary>
/// <param name="Token">The token that was made.</param>
/// <param name="Text">The text that became certain with it: often none inside a character, or while a stop text may be beginning.</param>
/// <param name="Finish">Why the sequence ended with it; null: it goes on.</param>
public readonly record struct GeneratedPiece(int Token, string Text, FinishReason? Finish);
