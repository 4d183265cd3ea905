namespace Hybrid.Onnx;

/// <summary>A tensor in a graph: an input, an initializer or what a node gives.</summary>
/// <param name="Name">Its name in the graph.</param>
public readonly record struct Value(string Name);
