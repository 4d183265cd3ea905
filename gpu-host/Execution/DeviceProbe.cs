using Hybrid.Onnx;
using Microsoft.Extensions.Options;
using Microsoft.ML.OnnxRuntime;

namespace Hybrid.GpuHost.Execution;

/// <summary>Finds out, once, whether CUDA really works here: its library may be absent, not load, or find no device.</summary>
public sealed class DeviceProbe
{
    private readonly Lazy<ExecutionDevice> _device;

    public DeviceProbe(IOptions<ExecutionOptions> options, ILogger<DeviceProbe> logger) =>
        _device = new Lazy<ExecutionDevice>(() => Choose(options.Value, logger));

    public ExecutionDevice Device => _device.Value;

    private static ExecutionDevice Choose(ExecutionOptions options, ILogger logger)
    {
        if (options.Provider == ExecutionProvider.Cpu)
        {
            Log.DeviceChosen(logger, ExecutionDevice.Cpu, "configured");
            return ExecutionDevice.Cpu;
        }

        var cuda = new ExecutionDevice(ExecutionProvider.Cuda, options.DeviceId);
        var logLevel = OrtEnv.Instance().EnvLogLevel;
        try
        {
            // That there is no CUDA is an answer here, not an error to print.
            OrtEnv.Instance().EnvLogLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL;
            using var session = EngineFactory.SessionOptionsFor(cuda, options);
            using var identity = new InferenceSession(SmallestModel(), session);
            Log.DeviceChosen(logger, cuda, "its library loaded and the device answered");
            return cuda;
        }
        catch (Exception exception) when (exception is OnnxRuntimeException or EntryPointNotFoundException && options.Provider == ExecutionProvider.Auto)
        {
            Log.DeviceChosen(logger, ExecutionDevice.Cpu, "no CUDA: " + exception.Message.Split('\n')[0]);
            return ExecutionDevice.Cpu;
        }
        finally
        {
            OrtEnv.Instance().EnvLogLevel = logLevel;
        }
    }

    // Opening a model is the first thing that touches the device.
    private static byte[] SmallestModel()
    {
        var graph = new GraphBuilder("probe");
        graph.Output("y", graph.Input("x", ElementType.Float, 1), ElementType.Float, 1);
        return graph.Build().ToBytes();
    }
}
