using Hybrid.GpuHost.Telemetry;
using Microsoft.ML.OnnxRuntime;

namespace Hybrid.GpuHost.Execution;

/// <summary>An ONNX Runtime session behind the seam.</summary>
public sealed class OrtEngine : IInferenceEngine
{
    private readonly InferenceSession _session;
    private readonly OrtMemoryInfo? _deviceMemory;
    private readonly Lock _making = new();
    private readonly List<OrtInstance> _instances = [];

    public OrtEngine(InferenceSession session, ExecutionDevice device)
    {
        _session = session;
        Device = device;
        Signature = ModelSignature.Of(session);
        _deviceMemory = device.Provider == ExecutionProvider.Cuda
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
        using var span = HostSpans.BeginRun(Device);
        using var options = new RunOptions();
        // Disposed before the options: Dispose waits for a callback that is running, so none touches freed memory.
        using var termination = cancellationToken.UnsafeRegister(static state => ((RunOptions)state!).Terminate = true, options);
        try
        {
            return _deviceMemory is not null && outputs.Any(output => output.OnDevice)
                ? RunBound(options, inputNames, inputs, outputs, _deviceMemory)
                : _session.Run(options, inputNames, inputs, [.. outputs.Select(output => output.Name)]);
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
            var instance = new OrtInstance(_session, Signature, outputs, Device);
            _instances.Add(instance);
            return instance;
        }
    }

    public void Dispose()
    {
        // What is bound to a session goes before it.
        _instances.ForEach(instance => instance.Dispose());
        _instances.Clear();
        _session.Dispose();
        _deviceMemory?.Dispose();
    }

    private IDisposableReadOnlyCollection<OrtValue> RunBound(
        RunOptions options,
        IReadOnlyCollection<string> inputNames,
        IReadOnlyCollection<OrtValue> inputs,
        IReadOnlyCollection<OutputRequest> outputs,
        OrtMemoryInfo deviceMemory)
    {
        using var binding = _session.CreateIoBinding();
        foreach (var (name, value) in inputNames.Zip(inputs))
        {
            binding.BindInput(name, value);
        }

        foreach (var output in outputs)
        {
            binding.BindOutputToDevice(output.Name, output.OnDevice ? deviceMemory : OrtMemoryInfo.DefaultInstance);
        }

        return _session.RunWithBoundResults(options, binding);
    }
}
