using System.Diagnostics.Metrics;
using Hybrid.GpuHost.Execution.Leases;
using Hybrid.GpuHost.Models;

namespace Hybrid.GpuHost.Telemetry;

/// <summary>
/// The meters of the versions that are there, each as long as anybody holds it. A version that is unloaded and loaded again, or loaded anew beside
/// itself, goes on with the one that it had: its series go on, and OpenTelemetry has a limited number of places for instruments, of which it
/// gives that of one that has ended to another only when its end was told.
/// </summary>
internal sealed class ModelMeters(IMeterFactory owner)
{
    private readonly HeldValues<ModelId, ModelInstruments> _held = new();

    /// <summary>The version's instruments, until they are released.</summary>
    public ModelInstruments Hold(ModelId id) => _held.Hold(id, () => new ModelInstruments(owner, id));

    public void Release(ModelId id) => _held.Release(id);
}
