using Hybrid.GpuHost.Execution.Sessions;
using Hybrid.Onnx;
using Microsoft.Extensions.Options;
using Microsoft.ML.OnnxRuntime;

namespace Hybrid.GpuHost.Execution;

/// <summary>
/// Finds out, once, whether the configured provider really works here: its library may be absent, not load, find no device or not know an
/// option. <see cref="ExecutionProvider.Auto"/> is CUDA if it does, else CPU; TensorRT is taken only when it is asked for, since it compiles
/// every model for minutes.
/// </summary>
public sealed class DeviceProbe
{
    // What the runtime says of an option that the provider does not have, or of its value.
    private const string WrongOption = "provider option";

    private readonly Lazy<ExecutionDevice> _device;
    private readonly bool _asked;

    public DeviceProbe(IOptions<ExecutionOptions> options, ILogger<DeviceProbe> logger)
    {
        _device = new Lazy<ExecutionDevice>(() => Choose(options.Value, logger));
        _asked = options.Value.Provider is ExecutionProvider.Cuda or ExecutionProvider.TensorRt || options.Value.ProviderOptions.Count > 0;
    }

    /// <exception cref="InvalidOperationException">The provider that was asked for does not work; the message says why and what to do.</exception>
    public ExecutionDevice Device => _device.Value;

    /// <summary>Looks at once where the settings ask for something that may not be there, so that the host does not start without it.</summary>
    /// <exception cref="InvalidOperationException">It is not there.</exception>
    public void CheckWhatWasAskedFor()
    {
        if (_asked)
        {
            _ = Device;
        }
    }

    private static ExecutionDevice Choose(ExecutionOptions options, ILogger logger)
    {
        if (options.Provider == ExecutionProvider.Cpu)
        {
            Log.DeviceChosen(logger, ExecutionDevice.Cpu, "configured");
            return ExecutionDevice.Cpu;
        }

        var asked = options.Provider;
        var device = new ExecutionDevice(asked == ExecutionProvider.Auto ? ExecutionProvider.Cuda : asked, options.DeviceId);
        if (Try(device, options) is not { } why)
        {
            Log.DeviceChosen(logger, device, "its library loaded and the device answered");
            return device;
        }

        if (asked != ExecutionProvider.Auto || (options.ProviderOptions.Count > 0 && why.Contains(WrongOption, StringComparison.OrdinalIgnoreCase)))
        {
            var configured = options.ProviderOptions.Count == 0 ? "" : $" with {nameof(options.ProviderOptions)} {string.Join(", ", options.ProviderOptions.Keys)}";
            throw new InvalidOperationException(
                $"Execution:Provider is {asked}, which does not work here{configured}: {why}. Mend that, or set Execution:Provider to Cpu.");
        }

        Log.DeviceChosen(logger, ExecutionDevice.Cpu, "no CUDA: " + why);
        return ExecutionDevice.Cpu;
    }

    // Null: it works.
    private static string? Try(ExecutionDevice device, ExecutionOptions options)
    {
        var logLevel = OrtEnv.Instance().EnvLogLevel;
        try
        {
            // That there is no CUDA is an answer here, not an error to print.
            OrtEnv.Instance().EnvLogLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL;
            using var session = SessionSettings.Create(device, options, threads: 1, processors: null);
            using var identity = new InferenceSession(SmallestModel(), session);
            return null;
        }
        catch (Exception exception) when (exception is OnnxRuntimeException or EntryPointNotFoundException)
        {
            return exception.Message.Split('\n')[0];
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
