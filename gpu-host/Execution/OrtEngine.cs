using Hybrid.GpuHost.Execution.Numa;
using Hybrid.GpuHost.Execution.Sessions;
using Hybrid.GpuHost.Telemetry;
using Microsoft.ML.OnnxRuntime;

namespace Hybrid.GpuHost.Execution;

/// <summary>ONNX Runtime behind the seam: the sessions of one model.</summary>
public sealed class OrtEngine : IInferenceEngine
{
    private readonly SessionPool _sessions;
    private readonly LaneAffinity _affinity;
    private readonly OrtMemoryInfo? _deviceMemory;
    private readonly Lock _making = new();
    private readonly List<OrtInstance> _instances = [];

    /// <summary>An engine of one session, which it disposes.</summary>
    public OrtEngine(InferenceSession session, ExecutionDevice device)
        : this(new SessionPool(session), device, new LaneAffinity(processors: null))
    {
    }

    internal OrtEngine(SessionPool sessions, ExecutionDevice device, LaneAffinity affinity)
    {
        _sessions = sessions;
        _affinity = affinity;
        Device = device;
        Signature = ModelSignature.Of(sessions.First);
        _deviceMemory = device.Provider != ExecutionProvider.Cpu
            ? new OrtMemoryInfo("Cuda", OrtAllocatorType.DeviceAllocator, device.Index, OrtMemType.Default)
            : null;
    }

    public ExecutionDevice Device { get; }

    public ModelSignature Signature { get; }

    public IDisposableReadOnlyCollection<OrtValue> Run(
        IReadOnlyCollection<string> inputNames,
        IReadOnlyCollection<OrtValue> inputs,
        IReadOnlyCollection<OutputRequest> outputs,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _affinity.Apply();
        using var span = HostSpans.BeginRun(Device);
        using var options = new RunOptions();
        // Disposed before the options: Dispose waits for a callback that is running, so none touches freed memory.
        using var termination = cancellationToken.UnsafeRegister(static state => ((RunOptions)state!).Terminate = true, options);
        try
        {
            return _deviceMemory is not null && outputs.Any(output => output.OnDevice)
                ? RunBound(options, inputNames, inputs, outputs, _deviceMemory)
                : _sessions.First.Run(options, inputNames, inputs, [.. outputs.Select(output => output.Name)]);
        }
        catch (OnnxRuntimeException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (OnnxRuntimeException exception)
        {
            throw OrtErrors.ToHybrid(exception);
        }
    }

    public IEngineInstance CreateInstance(IReadOnlyList<string> outputs)
    {
        lock (_making)
        {
            var instance = new OrtInstance(_sessions.Next(), Signature, outputs, Device, _affinity);
            _instances.Add(instance);
            return instance;
        }
    }

    public void Dispose()
    {
        // What is bound to a session goes before it.
        _instances.ForEach(instance => instance.Dispose());
        _instances.Clear();
        _sessions.Dispose();
        _deviceMemory?.Dispose();
    }

    private IDisposableReadOnlyCollection<OrtValue> RunBound(
        RunOptions options,
        IReadOnlyCollection<string> inputNames,
        IReadOnlyCollection<OrtValue> inputs,
        IReadOnlyCollection<OutputRequest> outputs,
        OrtMemoryInfo deviceMemory)
    {
        using var binding = _sessions.First.CreateIoBinding();
        foreach (var (name, value) in inputNames.Zip(inputs))
        {
            binding.BindInput(name, value);
        }

        foreach (var output in outputs)
        {
            binding.BindOutputToDevice(output.Name, output.OnDevice ? deviceMemory : OrtMemoryInfo.DefaultInstance);
        }

        return _sessions.First.RunWithBoundResults(options, binding);
    }
}
