using Microsoft.Extensions.Options;
using Microsoft.ML.OnnxRuntime;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace Hybrid.GpuHost.Execution;

/// <summary>Opens models as engines on the one device that this host works on.</summary>
public sealed class EngineFactory(IOptions<ExecutionOptions> options, DeviceProbe probe)
{
    private readonly ExecutionOptions _options = options.Value;

    /// <summary>Chosen once, on first use.</summary>
    public ExecutionDevice Device => probe.Device;

    /// <summary>Loads the model. External data is mapped by ONNX Runtime from the files beside it, not copied.</summary>
    public IInferenceEngine Open(string modelPath)
    {
        using var session = SessionOptionsFor(Device, _options);
        try
        {
            return new OrtEngine(new InferenceSession(modelPath, session), Device);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new InvalidDataException($"{Path.GetFileName(modelPath)} cannot be loaded: {exception.Message}", exception);
        }
    }

    internal static SessionOptions SessionOptionsFor(ExecutionDevice device, ExecutionOptions options)
    {
        var session = new SessionOptions
        {
            IntraOpNumThreads = options.IntraOpThreads > 0 ? options.IntraOpThreads : Environment.ProcessorCount,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        session.AddSessionConfigEntry("session.intra_op.allow_spinning", options.AllowSpinning ? "1" : "0");
        if (device.Provider == ExecutionProvider.Cuda)
        {
            session.AppendExecutionProvider_CUDA(device.Index);
        }

        return session;
    }
}
