using Hybrid.GpuHost.Execution.Binding;

namespace Hybrid.GpuHost.Execution;

/// <summary>
/// One lane's own way to run a model, never twice at a time. Its inputs and outputs lie in buffers that are kept from run to run, so a run with
/// shapes that were there before allocates nothing. It goes with its engine.
/// </summary>
public interface IEngineInstance
{
    /// <summary>The model's inputs, in the order in which <see cref="Bind"/> takes their shapes.</summary>
    IReadOnlyList<TensorSpec> Inputs { get; }

    /// <summary>The outputs that its runs compute.</summary>
    IReadOnlyList<TensorSpec> Outputs { get; }

    /// <summary>Makes room for inputs of these shapes. What was bound before may not be used any more.</summary>
    /// <param name="dimensions">The dimensions of all inputs, one after another.</param>
    BoundRun Bind(ReadOnlySpan<long> dimensions);

    /// <summary>Computes the outputs from what stands in the inputs, on the calling thread until done.</summary>
    /// <exception cref="OperationCanceledException">The token ended the run; the device stops within milliseconds.</exception>
    /// <exception cref="Contracts.Errors.HybridException">The model cannot compute these inputs, or the device failed.</exception>
    void Run(BoundRun bound, CancellationToken cancellationToken);
}
