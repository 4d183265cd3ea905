using Microsoft.ML.OnnxRuntime;

namespace Hybrid.GpuHost.Execution;

/// <summary>One loaded model on one device. Safe for concurrent runs; nothing of HTTP, queues or tokens crosses this seam.</summary>
public interface IInferenceEngine : IDisposable
{
    /// <summary>Where it computes, e.g. <c>cuda:0</c>.</summary>
    ExecutionDevice Device { get; }

    /// <summary>The model's inputs and outputs.</summary>
    ModelSignature Signature { get; }

    /// <summary>
    /// Computes on the calling thread until done. The caller keeps its inputs and owns the outputs, which come in the order asked for.
    /// Feeding an output of one run to the next costs no copy when it was asked for with <see cref="OutputRequest.OnDevice"/>.
    /// </summary>
    /// <exception cref="OperationCanceledException">The token ended the run; the device stops within milliseconds.</exception>
    /// <exception cref="Contracts.Errors.HybridException">The model cannot compute these inputs, or the device failed.</exception>
    IDisposableReadOnlyCollection<OrtValue> Run(
        IReadOnlyCollection<string> inputNames,
        IReadOnlyCollection<OrtValue> inputs,
        IReadOnlyCollection<OutputRequest> outputs,
        CancellationToken cancellationToken);

    /// <summary>Makes an instance: what one lane owns, with buffers that are bound once and used for every batch. It is disposed with the engine.</summary>
    /// <param name="outputs">Names of the outputs that its runs compute.</param>
    IEngineInstance CreateInstance(IReadOnlyList<string> outputs);
}

/// <summary>An output wanted from a run.</summary>
/// <param name="Name">The model's output name.</param>
/// <param name="OnDevice">Leave it in device memory: for values that only the next run reads, such as keys and values of attention.</param>
public readonly record struct OutputRequest(string Name, bool OnDevice = false);
