using System.Diagnostics.Metrics;
using Hybrid.GpuHost.Models;

namespace Hybrid.GpuHost.Telemetry;

/// <summary>
/// The meters of the versions that are there, each as long as anybody holds it. A version that is unloaded and loaded again, or loaded anew beside
/// itself, goes on with the one that it had: OpenTelemetry has a limited number of places for instruments, and never gives the place of one
/// that has ended to another.
/// </summary>
internal sealed class ModelMeters(IMeterFactory owner)
{
    private readonly Lock _counting = new();
    private readonly Dictionary<ModelId, Held> _held = [];

    /// <summary>The version's instruments, until they are released.</summary>
    public ModelInstruments Hold(ModelId id)
    {
        lock (_counting)
        {
            if (!_held.TryGetValue(id, out var held))
            {
                _held.Add(id, held = new Held(new ModelInstruments(owner, id)));
            }

            held.Holders++;
            return held.Instruments;
        }
    }

    public void Release(ModelId id)
    {
        lock (_counting)
        {
            if (--_held[id].Holders == 0)
            {
                _held.Remove(id, out var held);
                held!.Instruments.Dispose();
            }
        }
    }

    private sealed class Held(ModelInstruments instruments)
    {
        public ModelInstruments Instruments => instruments;

        public int Holders { get; set; }
    }
}
