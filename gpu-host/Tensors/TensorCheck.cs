using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tasks;
using Hybrid.Contracts.Tensors;
using Hybrid.GpuHost.Execution;

namespace Hybrid.GpuHost.Tensors;

/// <summary>Holds a raw request against the model's signature, so that the client reads its mistake in its own terms.</summary>
public static class TensorCheck
{
    /// <exception cref="HybridException"><see cref="ErrorCode.InvalidRequest"/>, naming the tensor.</exception>
    public static void Check(InferRequest request, ModelSignature signature)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var tensor in request.Inputs)
        {
            var spec = signature.Input(tensor.Name) ?? throw Invalid(tensor.Name, $"The model has no input '{tensor.Name}'; it has {Names(signature.Inputs)}.");
            if (!seen.Add(tensor.Name))
            {
                throw Invalid(tensor.Name, $"Input '{tensor.Name}' is there twice.");
            }

            CheckAgainst(tensor, spec);
        }

        if (signature.Inputs.FirstOrDefault(spec => !seen.Contains(spec.Name)) is { } missing)
        {
            throw Invalid(missing.Name, $"Input '{missing.Name}' is missing; the model has {Names(signature.Inputs)}.");
        }

        if (request.Outputs.FirstOrDefault(name => signature.Output(name) is null) is { } unknown)
        {
            throw Invalid(unknown, $"The model has no output '{unknown}'; it has {Names(signature.Outputs)}.");
        }
    }

    private static void CheckAgainst(Tensor tensor, TensorSpec spec)
    {
        tensor.Checked();
        if (OrtTensors.TypeOf(spec.Type) != tensor.Type)
        {
            throw Invalid(tensor.Name, $"Input '{tensor.Name}' is {tensor.Type.ToName()}; the model takes {OrtTensors.NameOf(spec.Type)}.");
        }

        if (tensor.Shape.Count != spec.Shape.Count || tensor.Shape.Zip(spec.Shape).Any(pair => pair.Second >= 0 && pair.First != pair.Second))
        {
            throw Invalid(tensor.Name, $"Input '{tensor.Name}' has shape [{string.Join(", ", tensor.Shape)}]; the model takes [{string.Join(", ", spec.Shape)}] (-1: any length).");
        }
    }

    private static string Names(IReadOnlyList<TensorSpec> specs) => string.Join(", ", specs.Select(spec => spec.Name));

    private static HybridException Invalid(string name, string message) => new(ErrorCode.InvalidRequest, message, name);
}
