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
        // Plain loops: this is on every request's way, and models have few inputs.
        for (var i = 0; i < request.Inputs.Count; i++)
        {
            var tensor = request.Inputs[i];
            var spec = Find(signature.Inputs, tensor.Name) ?? throw Invalid(tensor.Name, $"The model has no input '{tensor.Name}'; it has {Names(signature.Inputs)}.");
            if (IsThere(request.Inputs, tensor.Name, before: i))
            {
                throw Invalid(tensor.Name, $"Input '{tensor.Name}' is there twice.");
            }

            CheckAgainst(tensor, spec);
        }

        for (var i = 0; i < signature.Inputs.Count; i++)
        {
            if (!IsThere(request.Inputs, signature.Inputs[i].Name, before: request.Inputs.Count))
            {
                throw Invalid(signature.Inputs[i].Name, $"Input '{signature.Inputs[i].Name}' is missing; the model has {Names(signature.Inputs)}.");
            }
        }

        for (var i = 0; i < request.Outputs.Count; i++)
        {
            if (Find(signature.Outputs, request.Outputs[i]) is null)
            {
                throw Invalid(request.Outputs[i], $"The model has no output '{request.Outputs[i]}'; it has {Names(signature.Outputs)}.");
            }
        }
    }

    private static void CheckAgainst(Tensor tensor, TensorSpec spec)
    {
        if (OrtTensors.TypeOf(spec.Type) != tensor.Type)
        {
            throw Invalid(tensor.Name, $"Input '{tensor.Name}' is {tensor.Type.ToName()}; the model takes {OrtTensors.NameOf(spec.Type)}.");
        }

        if (!Fits(tensor.Shape, spec.Shape))
        {
            throw Invalid(tensor.Name, $"Input '{tensor.Name}' has shape [{string.Join(", ", tensor.Shape)}]; the model takes [{string.Join(", ", spec.Shape)}] (-1: any length).");
        }
    }

    private static bool Fits(IReadOnlyList<long> shape, IReadOnlyList<long> wanted)
    {
        var fits = shape.Count == wanted.Count;
        for (var i = 0; fits && i < shape.Count; i++)
        {
            fits = wanted[i] < 0 || shape[i] == wanted[i];
        }

        return fits;
    }

    private static TensorSpec? Find(IReadOnlyList<TensorSpec> specs, string name)
    {
        for (var i = 0; i < specs.Count; i++)
        {
            if (specs[i].Name == name)
            {
                return specs[i];
            }
        }

        return null;
    }

    private static bool IsThere(IReadOnlyList<Tensor> tensors, string name, int before)
    {
        for (var i = 0; i < before; i++)
        {
            if (tensors[i].Name == name)
            {
                return true;
            }
        }

        return false;
    }

    private static string Names(IReadOnlyList<TensorSpec> specs) => string.Join(", ", specs.Select(spec => spec.Name));

    private static HybridException Invalid(string name, string message) => new(ErrorCode.InvalidRequest, message, name);
}
