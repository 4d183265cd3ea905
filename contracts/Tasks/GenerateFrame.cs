using Hybrid.Contracts.Errors;

namespace Hybrid.Contracts.Tasks;

/// <summary>
/// A part of an answer that is sent while it is made: one <see cref="Begin"/>, any number of <see cref="Piece"/>s, then one
/// <see cref="End"/> or one <see cref="Failure"/>. What ends without either was broken off.
/// </summary>
public abstract partial record GenerateFrame
{
    private GenerateFrame()
    {
    }

    /// <summary>Sent with the first token: until then nothing was promised, and a failure is an ordinary one.</summary>
    /// <param name="Model">Model name.</param>
    /// <param name="Version">The version that answers.</param>
    /// <param name="PromptTokens">Tokens of the prompt.</param>
    public sealed record Begin(string Model, int Version, int PromptTokens) : GenerateFrame;

    /// <summary>More of the text.</summary>
    /// <param name="Text">Whole characters, never empty; joined in order they are the text of <see cref="GenerateReply"/>.</param>
    public sealed record Piece(string Text) : GenerateFrame;

    /// <summary>The answer is whole.</summary>
    /// <param name="FinishReason">Why it ended.</param>
    /// <param name="CompletionTokens">Tokens made, the end token among them.</param>
    /// <param name="Timings">Where the time went.</param>
    public sealed record End(FinishReason FinishReason, int CompletionTokens, Timings Timings) : GenerateFrame;

    /// <summary>There will be no more of the answer.</summary>
    /// <param name="Error">Why.</param>
    public sealed record Failure(Error Error) : GenerateFrame;
}
