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
/// Runs raw requests. Inputs are copied once, from the request's bytes to where the model reads them, and outputs once, to parts of a
/// <see cref="LeasedMemory{T}"/>: whoever gets them gives them back. What may be put together along the first dimension is the model's owner to
/// say; without a word of his each request is a run of its own.
/// </summary>
public sealed class TensorRunner : IBatchRunner<TensorItem, IReadOnlyList<Tensor>>
{
    private readonly IEngineInstance _instance;
    private readonly TensorType[] _outputTypes;
    private readonly LeasePool<byte> _buffers = new();
    private readonly long[] _dimensions;
    private readonly List<Part> _parts = [];
    private readonly bool _inRows;

    /// <param name="engine">Of a model without texts.</param>
    /// <param name="inRows">The rows of all inputs and outputs, along the first dimension, have nothing to do with each other.</param>
    public TensorRunner(IInferenceEngine engine, bool inRows = false)
    {
        _instance = engine.CreateInstance([.. engine.Signature.Outputs.Select(output => output.Name)]);
        _outputTypes = [.. _instance.Outputs.Select(output => OrtTensors.TypeOf(output.Type) ?? TensorType.Bytes)];
        _dimensions = new long[_instance.Inputs.Sum(input => input.Shape.Count)];

        // A fixed first dimension is no place to put anything.
        _inRows = inRows && _instance.Inputs.Concat(_instance.Outputs).All(spec => spec.Shape is [< 0, ..]);
    }

    /// <summary>Runs of which an output was not given back yet.</summary>
    public int LentBuffers => _buffers.Lent;

    /// <summary>Texts have no fixed place in memory: <see cref="TextTensorRunner"/> is for them.</summary>
    public static bool CanRun(ModelSignature signature) =>
        signature.Inputs.Concat(signature.Outputs).All(spec => spec.Type != TensorElementType.String);

    public int TokensOf(TensorItem item) => 1;

    public int SizeOf(TensorItem item) => _inRows ? item.Rows : 1;

    public void Run(ReadOnlySpan<TensorItem> items, Span<IReadOnlyList<Tensor>> results, CancellationToken cancellationToken)
    {
        var done = 0;
        try
        {
            while (done < items.Length)
            {
                done += RunSome(items[done..], results[done..], cancellationToken);
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

    // The first of these items, and those right behind it that fit into its run. Returns how many.
    private int RunSome(ReadOnlySpan<TensorItem> items, Span<IReadOnlyList<Tensor>> results, CancellationToken cancellationToken)
    {
        try
        {
            var count = OpenSome(items, results);
            if (_parts.Count > 0)
            {
                var run = CopyIn();
                _instance.Run(run, cancellationToken);
                CopyOut(run, results);
            }

            return count;
        }
        catch (HybridException failure) when (OrtErrors.ToInputFault(failure) is { } fault)
        {
            throw fault;
        }
        finally
        {
            _parts.Clear();
        }
    }

    private int OpenSome(ReadOnlySpan<TensorItem> items, Span<IReadOnlyList<Tensor>> results)
    {
        for (var i = 0; i < items.Length; i++)
        {
            // Nobody wants its result any more, and nothing of it may be read.
            results[i] = [];
            if (!items[i].TryOpen(out var request))
            {
                continue;
            }

            if (_parts.Count > 0 && !CanShare(_parts[0].Request, request))
            {
                items[i].Close();
                return i;
            }

            _parts.Add(new Part(i, items[i], request));
            if (!_inRows || !CanShare(request, request))
            {
                return i + 1;
            }
        }

        return items.Length;
    }

    // All inputs of each have as many rows as its first, and equal rows.
    private bool CanShare(InferRequest first, InferRequest next)
    {
        for (var i = 0; i < _instance.Inputs.Count; i++)
        {
            var (a, b) = (InputOf(first, i).Shape, InputOf(next, i).Shape);
            if (a[0] != first.Inputs[0].Shape[0] || b[0] != next.Inputs[0].Shape[0])
            {
                return false;
            }

            for (var d = 1; d < a.Count; d++)
            {
                if (a[d] != b[d])
                {
                    return false;
                }
            }
        }

        return true;
    }

    private BoundRun CopyIn()
    {
        try
        {
            var run = _instance.Bind(Dimensions());
            for (var i = 0; i < _instance.Inputs.Count; i++)
            {
                var into = run.Input(i);
                foreach (var part in _parts)
                {
                    var data = InputOf(part.Request, i).Data;
                    data.CopyTo(into);
                    into = into[(int)data.Length..];
                }
            }

            return run;
        }
        finally
        {
            foreach (var part in _parts)
            {
                part.Item.Close();
            }
        }
    }

    private long[] Dimensions()
    {
        var at = 0;
        for (var i = 0; i < _instance.Inputs.Count; i++)
        {
            var shape = InputOf(_parts[0].Request, i).Shape;
            for (var d = 0; d < shape.Count; d++)
            {
                _dimensions[at++] = d == 0 && _parts.Count > 1 ? Rows() : shape[d];
            }
        }

        return _dimensions;
    }

    private long Rows()
    {
        var rows = 0L;
        foreach (var part in _parts)
        {
            rows += part.Item.Rows;
        }

        return rows;
    }

    private void CopyOut(BoundRun run, Span<IReadOnlyList<Tensor>> results)
    {
        var (bytes, count) = (0, 0);
        foreach (var part in _parts)
        {
            for (var i = 0; i < CountOf(part.Request); i++, count++)
            {
                bytes = checked(bytes + LengthOf(run, IndexOf(part.Request, i), part));
            }
        }

        var memory = _buffers.Rent(bytes, count).Memory;
        var before = 0;
        foreach (var part in _parts)
        {
            var outputs = new Tensor[CountOf(part.Request)];
            for (var i = 0; i < outputs.Length; i++)
            {
                var index = IndexOf(part.Request, i);
                var length = LengthOf(run, index, part);
                run.Output(index).Slice(_parts.Count == 1 ? 0 : length / part.Item.Rows * before, length).CopyTo(memory.Span);
                outputs[i] = new Tensor(_instance.Outputs[index].Name, _outputTypes[index], ShapeOf(run, index, part), memory[..length]);
                memory = memory[length..];
            }

            before += part.Item.Rows;
            results[part.Index] = outputs;
        }
    }

    // Bytes of an output that are this request's.
    private int LengthOf(BoundRun run, int index, Part part)
    {
        var length = run.Output(index).Length;
        if (_parts.Count == 1)
        {
            return length;
        }

        var rows = Rows();
        return run.OutputShape(index)[0] == rows
            ? (int)(length / rows * part.Item.Rows)
            : throw new HybridException(
                ErrorCode.Internal, $"Output '{_instance.Outputs[index].Name}' has {run.OutputShape(index)[0]} rows for {rows}: requests to this model cannot share a run (max_batch_size).");
    }

    private IReadOnlyList<long> ShapeOf(BoundRun run, int index, Part part)
    {
        var shape = run.OutputShape(index);
        return _parts.Count == 1 ? shape : [part.Item.Rows, .. shape.Skip(1)];
    }

    private int CountOf(InferRequest request) => request.Outputs.Count > 0 ? request.Outputs.Count : _instance.Outputs.Count;

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
    private Tensor InputOf(InferRequest request, int input)
    {
        var name = _instance.Inputs[input].Name;
        var index = 0;
        while (request.Inputs[index].Name != name)
        {
            index++;
        }

        return request.Inputs[index];
    }

    /// <summary>A request in the run that is made, and where its result goes.</summary>
    private readonly record struct Part(int Index, TensorItem Item, InferRequest Request);
}
