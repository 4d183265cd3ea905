namespace Hybrid.Onnx;

/// <summary>The standard operators that our graphs use, by their ONNX names (https://onnx.ai/onnx/operators/).</summary>
public static class Operators
{
    public static Value Add(this GraphBuilder graph, Value a, Value b) => graph.Node("Add", [a, b]);

    public static Value Sub(this GraphBuilder graph, Value a, Value b) => graph.Node("Sub", [a, b]);

    public static Value Mul(this GraphBuilder graph, Value a, Value b) => graph.Node("Mul", [a, b]);

    public static Value Div(this GraphBuilder graph, Value a, Value b) => graph.Node("Div", [a, b]);

    public static Value Max(this GraphBuilder graph, Value a, Value b) => graph.Node("Max", [a, b]);

    public static Value Neg(this GraphBuilder graph, Value a) => graph.Node("Neg", [a]);

    public static Value Cos(this GraphBuilder graph, Value a) => graph.Node("Cos", [a]);

    public static Value Sin(this GraphBuilder graph, Value a) => graph.Node("Sin", [a]);

    public static Value Erf(this GraphBuilder graph, Value a) => graph.Node("Erf", [a]);

    public static Value MatMul(this GraphBuilder graph, Value a, Value b) => graph.Node("MatMul", [a, b]);

    /// <summary>Rows of <paramref name="table"/>, or slices of it along <paramref name="axis"/>.</summary>
    public static Value Gather(this GraphBuilder graph, Value table, Value indices, long axis = 0) =>
        graph.Node("Gather", [table, indices], NodeAttribute.Int("axis", axis));

    public static Value Cast(this GraphBuilder graph, Value a, ElementType type) =>
        graph.Node("Cast", [a], NodeAttribute.Int("to", (long)type));

    public static Value Concat(this GraphBuilder graph, long axis, params ReadOnlySpan<Value> parts) =>
        graph.Node("Concat", parts, NodeAttribute.Int("axis", axis));

    /// <summary>Dimension 0 in <paramref name="shape"/> keeps what was there, −1 takes what is left.</summary>
    public static Value Reshape(this GraphBuilder graph, Value a, params long[] shape) => graph.Node("Reshape", [a, graph.Constants(shape)]);

    public static Value Transpose(this GraphBuilder graph, Value a, params long[] permutation) =>
        graph.Node("Transpose", [a], NodeAttribute.Ints("perm", permutation));

    public static Value Unsqueeze(this GraphBuilder graph, Value a, params long[] axes) => graph.Node("Unsqueeze", [a, graph.Constants(axes)]);

    /// <summary>The part from <paramref name="start"/> up to <paramref name="end"/> (not included) along <paramref name="axis"/>.</summary>
    public static Value Slice(this GraphBuilder graph, Value a, Value start, Value end, long axis) =>
        graph.Node("Slice", [a, start, end, graph.Constants(axis)]);

    public static Value Slice(this GraphBuilder graph, Value a, long start, long end, long axis) =>
        graph.Slice(a, graph.Constants(start), graph.Constants(end), axis);

    /// <summary>One length of a shape, as a list of one int64.</summary>
    public static Value Length(this GraphBuilder graph, Value a, long axis) =>
        graph.Node("Shape", [a], NodeAttribute.Int("start", axis), NodeAttribute.Int("end", axis + 1));

    /// <summary>start, start + 1, … up to <paramref name="limit"/> (not included); both are numbers without dimensions.</summary>
    public static Value Range(this GraphBuilder graph, Value start, Value limit) => graph.Node("Range", [start, limit, graph.Constant(1L)]);

    public static Value Squeeze(this GraphBuilder graph, Value a, params long[] axes) => graph.Node("Squeeze", [a, graph.Constants(axes)]);

    public static Value Where(this GraphBuilder graph, Value condition, Value whenTrue, Value whenFalse) =>
        graph.Node("Where", [condition, whenTrue, whenFalse]);

    public static Value LessOrEqual(this GraphBuilder graph, Value a, Value b) => graph.Node("LessOrEqual", [a, b]);

    public static Value And(this GraphBuilder graph, Value a, Value b) => graph.Node("And", [a, b]);

    public static Value Softmax(this GraphBuilder graph, Value a, long axis = -1) => graph.Node("Softmax", [a], NodeAttribute.Int("axis", axis));

    public static Value ReduceSum(this GraphBuilder graph, Value a, long axis, bool keepDimensions = true) =>
        graph.Node("ReduceSum", [a, graph.Constants(axis)], NodeAttribute.Int("keepdims", keepDimensions ? 1 : 0));

    /// <summary>The largest element; its axes are an attribute until opset 18.</summary>
    public static Value ReduceMax(this GraphBuilder graph, Value a, long axis, bool keepDimensions = true) =>
        graph.Node("ReduceMax", [a], NodeAttribute.Ints("axes", axis), NodeAttribute.Int("keepdims", keepDimensions ? 1 : 0));

    public static Value LayerNormalization(this GraphBuilder graph, Value a, Value scale, Value bias, float epsilon) =>
        graph.Node("LayerNormalization", [a, scale, bias], NodeAttribute.Int("axis", -1), NodeAttribute.Float("epsilon", epsilon));
}
