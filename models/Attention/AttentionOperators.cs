using Hybrid.Onnx;

namespace Hybrid.Models.Attention;

/// <summary>The steps of attention that our models share.</summary>
public static class AttentionOperators
{
    /// <summary>[batch, sequence, heads × size] to [batch, heads, sequence, size].</summary>
    public static Value SplitHeads(this GraphBuilder graph, Value a, int heads, int size) =>
        graph.Transpose(graph.Reshape(a, 0, 0, heads, size), 0, 2, 1, 3);

    /// <summary>[batch, heads, sequence, size] to [batch, sequence, heads × size].</summary>
    public static Value MergeHeads(this GraphBuilder graph, Value a, int heads, int size) =>
        graph.Reshape(graph.Transpose(a, 0, 2, 1, 3), 0, 0, heads * size);

    /// <summary>How well each query fits each key: [batch, heads, sequence, past + sequence].</summary>
    public static Value Scores(this GraphBuilder graph, Value queries, Value keys) => graph.MatMul(queries, graph.Transpose(keys, 0, 1, 3, 2));

    /// <summary>
    /// Scores to shares that add up to 1. A row that may look at nothing, as padding's do, gets equal shares of everything instead of the
    /// not-a-number that −∞ would give; nobody reads it.
    /// </summary>
    public static Value Shares(this GraphBuilder graph, Value scores, Value allowed) =>
        graph.Softmax(graph.Where(allowed, scores, graph.Constant(float.MinValue)));
}
