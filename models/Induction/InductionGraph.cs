using Hybrid.Models.Attention;
using Hybrid.Models.Tokenization;
using Hybrid.Onnx;
using static Hybrid.Models.Induction.InductionLayout;

namespace Hybrid.Models.Induction;

/// <summary>The computation: two layers of attention with a cache, in standard operators only.</summary>
public static class InductionGraph
{
    public static OnnxModel Build(string name, BytePairVocabulary vocabulary, int longestContext)
    {
        var graph = new GraphBuilder(name);
        var model = new DecoderInterface(graph, Layers, Heads, HeadSize);
        var embeddings = graph.Initializer("embeddings", InductionWeights.Embeddings(vocabulary), vocabulary.Size, EmbeddingSize);
        var tokens = graph.Gather(embeddings, model.InputIds);

        // What the first layer finds stands beside the embedding, where a trained model would add the two.
        var known = graph.Concat(2, tokens, Look(graph, model, tokens, longestContext));
        var next = Recall(graph, model, known, vocabulary);

        // The logits are the resemblance to each token's code.
        var codes = graph.Transpose(graph.Slice(embeddings, Code, Code + CodeSize, axis: 1), 1, 0);
        model.Output(graph.Mul(graph.MatMul(next, codes), graph.Constant(InductionWeights.LogitScale)), vocabulary.Size);
        return graph.Build();
    }

    private static Value Look(GraphBuilder graph, DecoderInterface model, Value tokens, int longestContext)
    {
        var projected = Project(graph, "look", tokens, InductionWeights.Look(longestContext));
        float[] every = [.. RotaryPositions.Distances, RotaryPositions.Slow(longestContext), 0];
        float[] distances = [.. RotaryPositions.Distances, 0, 0];
        var none = new float[RotaryPositions.Pairs];
        var angles = graph.Angles("look_frequencies", model.PositionIds, every, every, every, every);
        var valueAngles = graph.Angles("look_value_frequencies", model.PositionIds, none, none, none, distances);

        var queries = graph.Turn(Columns(graph, projected, Query(0)), angles);
        var (keys, values) = model.Extend(
            0,
            graph.Turn(Columns(graph, projected, Key(0)), angles),
            graph.Turn(Columns(graph, projected, Value(0)), valueAngles));
        var shares = graph.Shares(graph.Scores(queries, keys), model.Allowed);
        var turnedBack = graph.Turn(graph.MatMul(shares, values), (valueAngles.Cos, graph.Neg(valueAngles.Sin)));
        return graph.MergeHeads(turnedBack, Heads, HeadSize);
    }

    private static Value Recall(GraphBuilder graph, DecoderInterface model, Value known, BytePairVocabulary vocabulary)
    {
        var projected = Project(graph, "recall", known, InductionWeights.Recall(vocabulary));
        var queries = Columns(graph, projected, Query(0));
        var (keys, values) = model.Extend(
            1,
            Columns(graph, projected, Key(0)),
            Columns(graph, projected, Value(0)));

        // The heads vote together: one choice by the sum of their scores.
        var scores = graph.ReduceSum(graph.Scores(queries, keys), axis: 1);
        return graph.Squeeze(graph.MatMul(graph.Shares(scores, model.Allowed), graph.Slice(values, 0, 1, axis: 1)), 1);
    }

    private static Value Columns(GraphBuilder graph, Value projected, int start) =>
        graph.SplitHeads(graph.Slice(projected, start, start + AttentionSize, axis: 2), Heads, HeadSize);

    private static Value Project(GraphBuilder graph, string name, Value a, Projection projection) =>
        graph.MatMul(a, graph.Initializer(name, projection.Weights, projection.Inputs, projection.Outputs));
}
