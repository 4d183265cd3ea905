using Hybrid.Models.Tokenization;
using static Hybrid.Models.Induction.InductionLayout;

namespace Hybrid.Models.Induction;

/// <summary>
/// The weights, written down instead of learned. Every score has a margin that makes its softmax choose one token with a share of
/// practically 1; the margins follow from <see cref="TokenCodes.LargestCosine"/> and <see cref="RotaryPositions.LargestResemblance"/>.
/// </summary>
public static class InductionWeights
{
    // Exact distance against the best other one: 48 × (1 − 0.34) = 31, a share of e^-31 for each wrong token.
    private const float DistanceSharpness = 48;

    // An opening token beats every other token, however near that is: its score is above anything that nearness gives.
    private const float OpeningScore = 65536;

    // ... and of two opening tokens the nearer one wins, by 20 for each position that it is nearer.
    private const float NearnessPerPosition = 20;

    // The last token counts more than the two before it together, and the one before it more than the third, whatever resemblances
    // (±1/4) do in between: 680 × 3/4 > (260 + 100) × 5/4 and 260 × 3/4 > 100 × 5/4. So the longest match wins.
    private static readonly float[] MatchScores = [680, 260, 100];

    // The same place in the answer as in the passage: less than any word, but it decides between equal matches.
    private const float PlaceScore = 40;

    // Nobody quotes an opening token. At the start of a prompt it needs saying: a first token has only itself to fetch as the one before.
    private const float OpeningPenalty = 2048;

    // After <ans>, when no passage was given: more than words that merely resemble (544), less than a passage's beginning (630).
    private const float NothingToQuoteScore = OpeningPenalty + 590;

    /// <summary>The right next token is ahead of the one most like it by 32 × (1 − 1/4) = 24.</summary>
    public const float LogitScale = 32;

    /// <summary>[tokens, 68]: the token's code, then its properties.</summary>
    public static float[] Embeddings(BytePairVocabulary vocabulary)
    {
        if (vocabulary.Size > TokenCodes.Count)
            throw new ArgumentException($"The vocabulary has {vocabulary.Size} tokens, but there are only {TokenCodes.Count} codes.", nameof(vocabulary));
        var table = new float[vocabulary.Size * EmbeddingSize];
        for (var id = 0; id < vocabulary.Size; id++)
        {
            var row = table.AsSpan(id * EmbeddingSize, EmbeddingSize);
            TokenCodes.Write(id, row[..CodeSize]);
            row[Always] = 1;
            var token = vocabulary.Entries[id];
            row[OpensPart] = token is PromptTokens.Answer or PromptTokens.Document or PromptTokens.Question ? 1 : 0;
            row[OpensAnswer] = token is PromptTokens.Answer ? 1 : 0;
            row[OpensQuestion] = token is PromptTokens.Question ? 1 : 0;
        }

        return table;
    }

    /// <summary>First layer: heads 0 to 2 fetch the codes of the three tokens before; head 3 finds where this part of the prompt opened.</summary>
    public static Projection Look(int longestContext)
    {
        var look = new Projection(EmbeddingSize, 3 * AttentionSize);
        for (var back = 1; back <= Backs; back++)
        {
            var head = back - 1;
            RotaryPositions.AddTurned(look, Always, Query(head), -back, DistanceSharpness / RotaryPositions.DistancePairs);
            RotaryPositions.AddTurned(look, Always, Key(head), 0, 1);
            look.Copy(Code, Value(head), CodeSize);
        }

        // Nearness is −sin(frequency × distance), the slow pair's sine.
        look.Add(Always, Query(PartHead) + RotaryPositions.StillPair, OpeningScore)
            .Add(OpensPart, Key(PartHead) + RotaryPositions.StillPair, 1)
            .Add(Always, Query(PartHead) + RotaryPositions.Pairs + RotaryPositions.SlowPair, NearnessPerPosition / RotaryPositions.Slow(longestContext))
            .Add(Always, Key(PartHead) + RotaryPositions.SlowPair, 1);

        // Values turn with their position too, and the result turns back: what arrives is the distance to <ans>, or zero in other parts.
        RotaryPositions.AddTurned(look, OpensAnswer, Value(PartHead), 0, 1);
        return look;
    }

    /// <summary>
    /// Second layer: the query is the last three tokens, the key of a token the three before it, so the best match is a token that
    /// followed the same words before; its code is the value.
    /// </summary>
    public static Projection Recall(BytePairVocabulary vocabulary)
    {
        var recall = new Projection(EmbeddingSize + AttentionSize, 3 * AttentionSize);
        for (var back = 0; back < Backs; back++)
        {
            recall.Copy(back == 0 ? Code : Found(back - 1), Query(back), CodeSize, MatchScores[back]);
            recall.Copy(Found(back), Key(back), CodeSize);
        }

        AddPlace(recall);
        recall.Add(Always, Query(PartHead) + RotaryPositions.SlowPair, -OpeningPenalty)
            .Add(OpensPart, Key(PartHead) + RotaryPositions.SlowPair, 1)
            .Add(OpensAnswer, Query(PartHead) + RotaryPositions.StillPair, NothingToQuoteScore)
            .Add(OpensQuestion, Key(PartHead) + RotaryPositions.StillPair, 1);

        recall.Copy(Code, Value(0), CodeSize);
        AddEndInsteadOfQuestion(recall, vocabulary);
        return recall;
    }

    /// <summary>A token fits if it is one place further from its opening token than the last token is from its own.</summary>
    private static void AddPlace(Projection recall)
    {
        for (var i = 0; i < RotaryPositions.DistancePairs; i++)
        {
            var (sin, cos) = MathF.SinCos(RotaryPositions.Distances[i]);
            var (first, second) = (i, i + RotaryPositions.Pairs);
            const float Weight = PlaceScore / RotaryPositions.DistancePairs;
            recall.Add(Found(PartHead) + first, Query(PartHead) + first, Weight * cos)
                .Add(Found(PartHead) + second, Query(PartHead) + first, Weight * sin)
                .Add(Found(PartHead) + second, Query(PartHead) + second, Weight * cos)
                .Add(Found(PartHead) + first, Query(PartHead) + second, -Weight * sin)
                .Add(Found(PartHead) + first, Key(PartHead) + first, 1)
                .Add(Found(PartHead) + second, Key(PartHead) + second, 1);
        }
    }

    /// <summary>Who attends to <c>&lt;ask&gt;</c> has found nothing to quote, and gets <c>&lt;end&gt;</c>.</summary>
    private static void AddEndInsteadOfQuestion(Projection recall, BytePairVocabulary vocabulary)
    {
        Span<float> question = stackalloc float[CodeSize];
        Span<float> end = stackalloc float[CodeSize];
        TokenCodes.Write(vocabulary.Special(PromptTokens.Question), question);
        TokenCodes.Write(vocabulary.Special(PromptTokens.End), end);
        for (var i = 0; i < CodeSize; i++)
            recall.Add(OpensQuestion, Value(0) + i, end[i] - question[i]);
    }
}
