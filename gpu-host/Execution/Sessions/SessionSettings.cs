using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace Hybrid.GpuHost.Execution.Sessions;

/// <summary>Turns our settings into the runtime's.</summary>
internal static class SessionSettings
{
    /// <param name="device">What the model computes on.</param>
    /// <param name="options">The host's settings.</param>
    /// <param name="threads">Of one run.</param>
    /// <param name="processors">Those that the session's threads keep to; null: all.</param>
    /// <exception cref="OnnxRuntimeException">The provider's library is not there, or it does not know an option.</exception>
    public static SessionOptions Create(ExecutionDevice device, ExecutionOptions options, int threads, IReadOnlyList<int>? processors)
    {
        var session = new SessionOptions
        {
            IntraOpNumThreads = threads,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        try
        {
            session.AddSessionConfigEntry("session.intra_op.allow_spinning", options.AllowSpinning ? "1" : "0");
            session.AddSessionConfigEntry("session.inter_op.allow_spinning", options.AllowSpinning ? "1" : "0");
            if (processors is not null && threads > 1)
            {
                session.AddSessionConfigEntry("session.intra_op_thread_affinities", AffinitiesOf(processors, threads));
            }

            AddProvider(session, device, options.ProviderOptions);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>One entry for each thread but the caller's; the runtime counts processors from 1.</summary>
    internal static string AffinitiesOf(IReadOnlyList<int> processors, int threads) =>
        string.Join(';', Enumerable.Repeat(string.Join(',', processors.Select(processor => (processor + 1).ToString(CultureInfo.InvariantCulture))), threads - 1));

    private static void AddProvider(SessionOptions session, ExecutionDevice device, IReadOnlyDictionary<string, string> configured)
    {
        var index = device.Index.ToString(CultureInfo.InvariantCulture);
        switch (device.Provider)
        {
            case ExecutionProvider.TensorRt:
                using (var tensorRt = new OrtTensorRTProviderOptions())
                {
                    tensorRt.UpdateOptions(new Dictionary<string, string>(configured) { ["device_id"] = index });
                    session.AppendExecutionProvider_Tensorrt(tensorRt);
                }

                // What TensorRT leaves out goes to the next provider in line.
                session.AppendExecutionProvider_CUDA(device.Index);
                break;
            case ExecutionProvider.Cuda:
                using (var cuda = new OrtCUDAProviderOptions())
                {
                    cuda.UpdateOptions(new Dictionary<string, string>(configured) { ["device_id"] = index });
                    session.AppendExecutionProvider_CUDA(cuda);
                }

                break;
        }
    }
}
