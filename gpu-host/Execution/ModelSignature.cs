using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Hybrid.GpuHost.Execution;

/// <summary>The named inputs and outputs of a model, in the model's own order.</summary>
public sealed record ModelSignature(IReadOnlyList<TensorSpec> Inputs, IReadOnlyList<TensorSpec> Outputs)
{
    public static ModelSignature Of(InferenceSession session) => new(
        [.. session.InputNames.Select(name => TensorSpec.Of(name, session.InputMetadata[name]))],
        [.. session.OutputNames.Select(name => TensorSpec.Of(name, session.OutputMetadata[name]))]);

    public TensorSpec? Input(string name) => Inputs.FirstOrDefault(spec => spec.Name == name);

    public TensorSpec? Output(string name) => Outputs.FirstOrDefault(spec => spec.Name == name);
}

/// <summary>One input or output.</summary>
/// <param name="Name">Its name in the graph.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Dimensions; -1 where any length goes.</param>
public sealed record TensorSpec(string Name, TensorElementType Type, IReadOnlyList<long> Shape)
{
    /// <summary>The names that the graph gives its open dimensions, as many as there are dimensions: equal names are equal lengths; empty: none.</summary>
    public IReadOnlyList<string> Symbols { get; init; } = [.. Shape.Select(_ => "")];

    internal static TensorSpec Of(string name, NodeMetadata metadata) => metadata.IsTensor || metadata.IsString
        ? new TensorSpec(name, metadata.ElementDataType, [.. metadata.Dimensions.Select(d => (long)d)]) { Symbols = metadata.SymbolicDimensions }
        : throw new NotSupportedException($"'{name}' is a {metadata.OnnxValueType}; only tensors are served.");
}
