namespace Hybrid.Models.Induction;

/// <summary>Where things stand in the model's vectors.</summary>
internal static class InductionLayout
{
    public const int Layers = 2;
    public const int Heads = 4;
    public const int HeadSize = RotaryPositions.HeadSize;
    public const int AttentionSize = Heads * HeadSize;

    /// <summary>How many tokens before the last one are looked at.</summary>
    public const int Backs = 3;

    /// <summary>The head that deals with parts of the prompt; those before it deal with tokens.</summary>
    public const int PartHead = 3;

    // An embedding: the code, then properties of the token that are 0 or 1.
    public const int Code = 0;
    public const int CodeSize = TokenCodes.Dimensions;
    public const int Always = CodeSize;
    public const int OpensPart = CodeSize + 1;
    public const int OpensAnswer = CodeSize + 2;
    public const int OpensQuestion = CodeSize + 3;
    public const int EmbeddingSize = CodeSize + 4;

    /// <summary>What the first layer's head found, behind the embedding.</summary>
    public static int Found(int head) => EmbeddingSize + head * HeadSize;

    // The columns of a layer's projection.
    public static int Query(int head) => head * HeadSize;

    public static int Key(int head) => AttentionSize + head * HeadSize;

    public static int Value(int head) => 2 * AttentionSize + head * HeadSize;
}
