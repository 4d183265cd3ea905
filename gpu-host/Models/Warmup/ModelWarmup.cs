using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tasks;
using Hybrid.Contracts.Tensors;
using Hybrid.GpuHost.Batching;
using Hybrid.GpuHost.Execution;
using Hybrid.GpuHost.Tensors;

namespace Hybrid.GpuHost.Models.Warmup;

/// <summary>Computes a model's own warm-up, on each of its instances.</summary>
internal static class ModelWarmup
{
    /// <param name="samples">What the model's configuration says.</param>
    /// <param name="model">The model.</param>
    /// <param name="signature">Its inputs and outputs.</param>
    /// <param name="runners">Its instances.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="InvalidDataException">One of them cannot be computed; the message says which, and why.</exception>
    public static void Run(
        IReadOnlyList<WarmupSample> samples,
        ModelDescription model,
        ModelSignature signature,
        IReadOnlyList<IBatchRunner<TensorItem, IReadOnlyList<Tensor>>> runners,
        CancellationToken cancellationToken)
    {
        foreach (var sample in samples)
        {
            try
            {
                var request = new InferRequest(model.Id.Name, model.Id.Version, [.. sample.Inputs.Select(input => WarmupTensors.Make(input, model.Folder))], []);
                TensorCheck.Check(request, signature);
                for (var i = 0; i < sample.Count * runners.Count; i++)
                {
                    Run(request, runners[i % runners.Count], cancellationToken);
                }
            }
            catch (Exception exception) when (exception is HybridException or InvalidDataException)
            {
                throw new InvalidDataException($"model_warmup '{sample.Name}' fails: {exception.Message}", exception);
            }
        }
    }

    private static void Run(InferRequest request, IBatchRunner<TensorItem, IReadOnlyList<Tensor>> runner, CancellationToken cancellationToken)
    {
        using var item = new TensorItem(request);
        var results = new IReadOnlyList<Tensor>[1];
        runner.Run([item], results, cancellationToken);
        runner.Release(results[0]);
    }
}
