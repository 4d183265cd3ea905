namespace Hybrid.Onnx;

/// <summary>A tensor in a graph: an input, an initializer or what a node gives.</summary>
/// <param name="Name">Its name in the graph; empty: an optional input that is left out.</param>
public readonly record struct Value(string Name)
{
    /// <summary>An optional input that is left out.</summary>
    public static Value None { get; } = new("");
}
