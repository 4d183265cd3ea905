using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tasks;
using Hybrid.Contracts.Tensors;
using Hybrid.GpuHost.Batching;
using Hybrid.GpuHost.Execution;
using Microsoft.ML.OnnxRuntime;

namespace Hybrid.GpuHost.Tensors;

/// <summary>Runs raw requests one by one: what may be put together along the first dimension is the client's to know.</summary>
public sealed class TensorRunner(IInferenceEngine engine) : IBatchRunner<InferRequest, IReadOnlyList<Tensor>>
{
    public int TokensOf(InferRequest item) => 1;

    public void Run(ReadOnlySpan<InferRequest> items, Span<IReadOnlyList<Tensor>> results, CancellationToken cancellationToken)
    {
        for (var i = 0; i < items.Length; i++)
        {
            results[i] = Run(items[i], cancellationToken);
        }
    }

    private IReadOnlyList<Tensor> Run(InferRequest request, CancellationToken cancellationToken)
    {
        var inputs = new List<OrtValue>(request.Inputs.Count);
        try
        {
            foreach (var tensor in request.Inputs)
            {
                inputs.Add(OrtTensors.ToOrt(tensor));
            }

            string[] names = request.Outputs.Count > 0 ? [.. request.Outputs] : [.. engine.Signature.Outputs.Select(output => output.Name)];
            using var outputs = engine.Run(
                [.. request.Inputs.Select(tensor => tensor.Name)], inputs, [.. names.Select(name => new OutputRequest(name))], cancellationToken);
            return [.. names.Zip(outputs, OrtTensors.FromOrt)];
        }
        catch (HybridException failure) when (OrtErrors.ToInputFault(failure) is { } fault)
        {
            throw fault;
        }
        finally
        {
            inputs.ForEach(input => input.Dispose());
        }
    }
}
