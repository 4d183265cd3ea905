using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Models;
using Hybrid.Contracts.Tasks;
using Hybrid.Contracts.Tensors;
using Hybrid.GpuHost.Batching;
using Hybrid.GpuHost.Execution;
using Hybrid.GpuHost.Tensors;

namespace Hybrid.GpuHost.Models.Golden;

/// <summary>Asks a version what its publisher knows the answers to, before anybody else may ask it.</summary>
internal static class GoldenCheck
{
    /// <param name="model">The version; its manifest names the samples.</param>
    /// <param name="signature">Its inputs and outputs.</param>
    /// <param name="runner">An instance of it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="InvalidDataException">An answer is not the one that is known, or a sample cannot be asked; the message says which, and where.</exception>
    public static void Run(
        ModelDescription model, ModelSignature signature, IBatchRunner<TensorItem, IReadOnlyList<Tensor>> runner, CancellationToken cancellationToken)
    {
        // A folder that is used where it lies has no manifest, and so no samples.
        var manifest = Path.Combine(model.Folder, ModelManifest.FileName);
        if (!File.Exists(manifest))
        {
            return;
        }

        foreach (var sample in ModelManifest.Parse(File.ReadAllBytes(manifest)).Golden ?? [])
        {
            if (Ask(model, signature, runner, sample, cancellationToken) is { } difference)
            {
                throw new InvalidDataException($"The golden sample {sample.Request} is answered wrongly: {difference}.");
            }
        }
    }

    // Null: as it should be.
    private static string? Ask(
        ModelDescription model, ModelSignature signature, IBatchRunner<TensorItem, IReadOnlyList<Tensor>> runner, GoldenSample sample, CancellationToken cancellationToken)
    {
        try
        {
            var request = Wire.Decode<InferRequest>(File.ReadAllBytes(Path.Combine(model.Folder, sample.Request)));
            var expected = Wire.Decode<InferReply>(File.ReadAllBytes(Path.Combine(model.Folder, sample.Reply)));
            TensorCheck.Check(request, signature);
            using var item = new TensorItem(request);
            var results = new IReadOnlyList<Tensor>[1];
            runner.Run([item], results, cancellationToken);
            try
            {
                return GoldenComparison.Difference(expected.Outputs, results[0], sample.Tolerance);
            }
            finally
            {
                runner.Release(results[0]);
            }
        }
        catch (HybridException exception)
        {
            throw new InvalidDataException($"The golden sample {sample.Request} cannot be asked: {exception.Message}", exception);
        }
    }
}
