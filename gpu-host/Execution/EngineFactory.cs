using Hybrid.GpuHost.Execution.Numa;
using Hybrid.GpuHost.Execution.Optimized;
using Hybrid.GpuHost.Execution.Sessions;
using Microsoft.Extensions.Options;
using Microsoft.ML.OnnxRuntime;

namespace Hybrid.GpuHost.Execution;

/// <summary>Opens models as engines on the one device that this host works on.</summary>
public sealed class EngineFactory(IOptions<ExecutionOptions> options, DeviceProbe probe, NodePlacement placement, OptimizedModels optimized)
{
    private readonly ExecutionOptions _options = options.Value;

    /// <summary>Chosen once, on first use.</summary>
    public ExecutionDevice Device => probe.Device;

    /// <summary>
    /// Loads the model, in its optimized form where that is kept. Its external data is mapped from the files beside it, not copied, and is there once
    /// for all instances.
    /// </summary>
    /// <exception cref="InvalidDataException">The model cannot be loaded; the message says why.</exception>
    public IInferenceEngine Open(string modelPath, ExecutionPlan plan)
    {
        var processors = placement.ProcessorsOf(Device);
        try
        {
            using var session = SessionSettings.Create(Device, _options, plan.Threads, processors);

            // On a GPU the weights are in its memory, once for each session.
            var sessions = Device.Provider == ExecutionProvider.Cpu ? plan.Sessions : 1;
            return Own(new SessionPool(optimized.PathFor(modelPath), sessions, session), processors);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new InvalidDataException($"{Path.GetFileName(modelPath)} cannot be loaded: {exception.Message}", exception);
        }
    }

    // An input that is no tensor shows only here.
    private OrtEngine Own(SessionPool sessions, IReadOnlyList<int>? processors)
    {
        try
        {
            return new OrtEngine(sessions, Device, new LaneAffinity(processors));
        }
        catch
        {
            sessions.Dispose();
            throw;
        }
    }
}
