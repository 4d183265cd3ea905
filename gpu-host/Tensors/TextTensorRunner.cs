using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tensors;
using Hybrid.GpuHost.Batching;
using Hybrid.GpuHost.Execution;
using Microsoft.ML.OnnxRuntime;

namespace Hybrid.GpuHost.Tensors;

/// <summary>The same for a model that takes or gives texts, whose length shows only when they are there: every run has values of its own.</summary>
public sealed class TextTensorRunner(IInferenceEngine engine) : IBatchRunner<TensorItem, IReadOnlyList<Tensor>>
{
    public int TokensOf(TensorItem item) => 1;

    public void Run(ReadOnlySpan<TensorItem> items, Span<IReadOnlyList<Tensor>> results, CancellationToken cancellationToken)
    {
        for (var i = 0; i < items.Length; i++)
        {
            results[i] = Run(items[i], cancellationToken);
        }
    }

    private IReadOnlyList<Tensor> Run(TensorItem item, CancellationToken cancellationToken)
    {
        if (!item.TryOpen(out var request))
        {
            return [];
        }

        var inputs = new List<OrtValue>(request.Inputs.Count);
        try
        {
            try
            {
                foreach (var tensor in request.Inputs)
                {
                    inputs.Add(OrtTensors.ToOrt(tensor));
                }
            }
            finally
            {
                item.Close();
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
