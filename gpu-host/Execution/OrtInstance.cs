using System.Numerics;
using Hybrid.GpuHost.Execution.Binding;
using Hybrid.GpuHost.Execution.Numa;
using Hybrid.GpuHost.Telemetry;
using Microsoft.ML.OnnxRuntime;

namespace Hybrid.GpuHost.Execution;

/// <summary>An instance over a session that others may use too: what belongs to one run at a time is its own.</summary>
internal sealed class OrtInstance : IEngineInstance, IDisposable
{
    private const nuint SmallestBuffer = 16 * 1024;
    private const string WrongShape = "the computed output shape for this run is";

    private readonly InferenceSession _session;
    private readonly ExecutionDevice _device;
    private readonly LaneAffinity _affinity;
    private readonly HostMemory _memory;
    private readonly OutputShape?[] _shapes;
    private readonly int[] _ranks;
    private readonly BoundRuns _runs = new();
    private readonly PeakMemory _peak = new();
    private readonly RunOptions _options = new();
    private readonly RunOptions _shrinking = new();
    private HostBuffer _inputBuffer;
    private HostBuffer _outputBuffer;

    // The outputs of the run that shrank are still read; the next one begins with small buffers.
    private bool _shrunk;

    public OrtInstance(InferenceSession session, ModelSignature signature, IReadOnlyList<string> outputs, ExecutionDevice device, LaneAffinity affinity)
    {
        _affinity = affinity;
        _session = session;
        _device = device;
        Inputs = signature.Inputs;
        Outputs = [.. outputs.Select(name => signature.Output(name) ?? throw new ArgumentException($"The model has no output '{name}'.", nameof(outputs)))];
        _shapes = [.. Outputs.Select(output => OutputShape.Derive(output, Inputs))];
        _ranks = [.. Inputs.Select(input => input.Shape.Count)];
        _memory = new HostMemory(session, device);
        _inputBuffer = _memory.Allocate(SmallestBuffer);
        _outputBuffer = _memory.Allocate(SmallestBuffer);
        _shrinking.AddRunConfigEntry("memory.enable_memory_arena_shrinkage", device.Provider == ExecutionProvider.Cpu ? "cpu:0" : $"cpu:0;gpu:{device.Index}");
    }

    public IReadOnlyList<TensorSpec> Inputs { get; }

    public IReadOnlyList<TensorSpec> Outputs { get; }

    public BoundRun Bind(ReadOnlySpan<long> dimensions)
    {
        if (_shrunk)
        {
            _shrunk = false;
            GiveBuffersBack();
        }

        return _runs.Find(dimensions) ?? BindAnew(dimensions);
    }

    public void Run(BoundRun bound, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _affinity.Apply();
        using var span = HostSpans.BeginRun(_device);
        var shrink = _peak.IsWorthShrinking((long)(bound.InputBytes + bound.OutputBytes));
        var options = shrink ? _shrinking : _options;
        _shrunk = shrink;
        try
        {
            // Disposed before the options are used again: Dispose waits for a callback that is running.
            using (cancellationToken.UnsafeRegister(static state => ((RunOptions)state!).Terminate = true, options))
            {
                if (_device.Provider != ExecutionProvider.Cpu)
                {
                    bound.BindInputs();
                }

                RunOnce(bound, options);
            }
        }
        catch (OnnxRuntimeException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (OnnxRuntimeException exception)
        {
            throw OrtErrors.ToHybrid(exception);
        }
        finally
        {
            options.Terminate = false;
        }
    }

    public void Dispose()
    {
        _runs.Dispose();
        _inputBuffer.Dispose();
        _outputBuffer.Dispose();
        _memory.Dispose();
        _options.Dispose();
        _shrinking.Dispose();
    }

    private void RunOnce(BoundRun bound, RunOptions options)
    {
        try
        {
            bound.Run(_session, options);
        }
        catch (OnnxRuntimeException exception) when (exception.Message.Contains(WrongShape, StringComparison.Ordinal))
        {
            // The graph says one thing of its outputs and does another: from now on their memory is the runtime's.
            Array.Clear(_shapes);
            bound.OpenOutputs();
            bound.Run(_session, options);
        }
    }

    private BoundRun BindAnew(ReadOnlySpan<long> dimensions)
    {
        var inputs = new BoundTensor[Inputs.Count];
        var at = 0;
        for (var i = 0; i < inputs.Length; i++)
        {
            inputs[i] = new BoundTensor(Inputs[i].Type, dimensions.Slice(at, _ranks[i]).ToArray());
            at += _ranks[i];
        }

        var outputs = new BoundTensor?[Outputs.Count];
        for (var i = 0; i < outputs.Length; i++)
        {
            outputs[i] = _shapes[i]?.For(dimensions) is { } shape ? new BoundTensor(Outputs[i].Type, shape) : null;
        }

        var run = new BoundRun(inputs, outputs);
        MakeRoom(run);
        run.Place(_session.CreateIoBinding(), Inputs, _inputBuffer, Outputs, _outputBuffer);
        _runs.Add(dimensions, run);
        return run;
    }

    // All bindings point into the buffers, so they go with them.
    private void MakeRoom(BoundRun run)
    {
        if (run.InputBytes <= _inputBuffer.Length && run.OutputBytes <= _outputBuffer.Length)
        {
            return;
        }

        _runs.Clear();
        Grow(ref _inputBuffer, run.InputBytes);
        Grow(ref _outputBuffer, run.OutputBytes);
    }

    private void GiveBuffersBack()
    {
        _runs.Clear();
        _inputBuffer.Dispose();
        _inputBuffer = _memory.Allocate(SmallestBuffer);
        _outputBuffer.Dispose();
        _outputBuffer = _memory.Allocate(SmallestBuffer);
    }

    private void Grow(ref HostBuffer buffer, nuint bytes)
    {
        if (bytes > buffer.Length)
        {
            var length = BitOperations.RoundUpToPowerOf2(bytes);
            buffer.Dispose();
            buffer = _memory.Allocate(length);
        }
    }
}
