using Hybrid.Contracts.Tensors;

namespace Hybrid.Contracts.Tasks;

/// <summary>Raw tensors through a model.</summary>
/// <param name="Model">Model name.</param>
/// <param name="Version">A version; 0: the one that is served.</param>
/// <param name="Inputs">Every input that the model has, by name.</param>
/// <param name="Outputs">Names of the outputs wanted; empty: all.</param>
public sealed partial record InferRequest(string Model, int Version, IReadOnlyList<Tensor> Inputs, IReadOnlyList<string> Outputs);

/// <summary>The outputs of an <see cref="InferRequest"/>, in the order asked for.</summary>
public sealed partial record InferReply(string Model, int Version, IReadOnlyList<Tensor> Outputs, Timings Timings);
