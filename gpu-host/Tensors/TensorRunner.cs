using System.Buffers;
using Hybrid.Contracts.Errors;
using Hybrid.Contracts.Tasks;
using Hybrid.Contracts.Tensors;
using Hybrid.GpuHost.Batching;
using Hybrid.GpuHost.Execution;
using Hybrid.GpuHost.Execution.Binding;
using Hybrid.GpuHost.Execution.Leases;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tensor = Hybrid.Contracts.Tensors.Tensor;

namespace Hybrid.GpuHost.Tensors;

/// <summary>
/// Runs raw requests one by one: what may be put together along the first dimension is the client's to know. Inputs are copied once, from the
/// request's bytes to where the model reads them, and outputs once, to parts of a <see cref="LeasedMemory{T}"/>: whoever gets them gives them back.
/// </summary>
public sealed class TensorRunner : IBatchRunner<TensorItem, IReadOnlyList<Tensor>>
{
    private readonly IEngineInstance _instance;
    private readonly TensorType[] _outputTypes;
    private readonly LeasePool<byte> _buffers = new();
    private readonly long[] _dimensions;

    /// <param name="engine">Of a model without texts.</param>
    public TensorRunner(IInferenceEngine engine)
    {
        _instance = engine.CreateInstance([.. engine.Signature.Outputs.Select(output => output.Name)]);
        _outputTypes = [.. _instance.Outputs.Select(output => OrtTensors.TypeOf(output.Type) ?? TensorType.Bytes)];
        _dimensions = new long[_instance.Inputs.Sum(input => input.Shape.Count)];
    }

    /// <summary>Runs of which an output was not given back yet.</summary>
    public int Lent => _buffers.Lent;

    /// <summary>Texts have no fixed place in memory: <see cref="TextTensorRunner"/> is for them.</summary>
    public static bool CanRun(ModelSignature signature) =>
        signature.Inputs.Concat(signature.Outputs).All(spec => spec.Type != TensorElementType.String);

    public int TokensOf(TensorItem item) => 1;

    public void Run(ReadOnlySpan<TensorItem> items, Span<IReadOnlyList<Tensor>> results, CancellationToken cancellationToken)
    {
        var done = 0;
        try
        {
            for (; done < items.Length; done++)
            {
                results[done] = Run(items[done], cancellationToken);
            }
        }
        catch
        {
            while (done > 0)
            {
                Return(results[--done]);
            }

            throw;
        }
    }

    public void Release(IReadOnlyList<Tensor> result) => Return(result);

    /// <summary>Gives the bytes of outputs back.</summary>
    public static void Return(IReadOnlyList<Tensor> outputs)
    {
        for (var i = 0; i < outputs.Count; i++)
        {
            LeasedMemory.Return(outputs[i].Data.First);
        }
    }

    private Tensor[] Run(TensorItem item, CancellationToken cancellationToken)
    {
        if (!item.TryOpen(out var request))
        {
            return [];
        }

        try
        {
            BoundRun run;
            try
            {
                run = _instance.Bind(DimensionsOf(request));
                for (var i = 0; i < _instance.Inputs.Count; i++)
                {
                    InputOf(request, _instance.Inputs[i].Name).Data.CopyTo(run.Input(i));
                }
            }
            finally
            {
                item.Close();
            }

            _instance.Run(run, cancellationToken);
            return OutputsOf(request, run);
        }
        catch (HybridException failure) when (OrtErrors.ToInputFault(failure) is { } fault)
        {
            throw fault;
        }
    }

    private long[] DimensionsOf(InferRequest request)
    {
        var at = 0;
        for (var i = 0; i < _instance.Inputs.Count; i++)
        {
            var shape = InputOf(request, _instance.Inputs[i].Name).Shape;
            for (var d = 0; d < shape.Count; d++)
            {
                _dimensions[at++] = shape[d];
            }
        }

        return _dimensions;
    }

    private Tensor[] OutputsOf(InferRequest request, BoundRun run)
    {
        var count = request.Outputs.Count > 0 ? request.Outputs.Count : _instance.Outputs.Count;
        var bytes = 0;
        for (var i = 0; i < count; i++)
        {
            bytes = checked(bytes + run.Output(IndexOf(request, i)).Length);
        }

        var memory = _buffers.Rent(bytes, count).Memory;
        var outputs = new Tensor[count];
        for (var i = 0; i < count; i++)
        {
            var index = IndexOf(request, i);
            var output = run.Output(index);
            output.CopyTo(memory.Span);
            outputs[i] = new Tensor(_instance.Outputs[index].Name, _outputTypes[index], run.OutputShape(index), memory[..output.Length]);
            memory = memory[output.Length..];
        }

        return outputs;
    }

    private int IndexOf(InferRequest request, int wanted)
    {
        if (request.Outputs.Count == 0)
        {
            return wanted;
        }

        var index = 0;
        while (_instance.Outputs[index].Name != request.Outputs[wanted])
        {
            index++;
        }

        return index;
    }

    // Checked against the signature before: each is there once.
    private static Tensor InputOf(InferRequest request, string name)
    {
        var index = 0;
        while (request.Inputs[index].Name != name)
        {
            index++;
        }

        return request.Inputs[index];
    }
}
