using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Hybrid.GpuHost.Tests.Hosts;

/// <summary>What one host holds now, by its own gauges; of all its models together. (Its <c>/metrics</c> shows every host of the process.)</summary>
internal sealed class HostGauges : IDisposable
{
    private readonly ConcurrentDictionary<string, long> _counted = [];
    private readonly Dictionary<string, long> _observed = [];
    private readonly MeterListener _listener = new();

    public HostGauges(IMeterFactory host)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == host)
            {
                _counted.TryAdd(instrument.Name, 0);
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Add(instrument, value));
        _listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => Add(instrument, value));
        _listener.Start();

        void Add(Instrument instrument, long value)
        {
            if (instrument.IsObservable)
            {
                _observed[instrument.Name] = _observed.GetValueOrDefault(instrument.Name) + value;
            }
            else
            {
                _counted.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value);
            }
        }
    }

    /// <summary>The value now.</summary>
    /// <exception cref="InvalidOperationException">There is no such gauge: a test of it would prove nothing.</exception>
    public long this[string name]
    {
        get
        {
            _observed.Clear();
            _listener.RecordObservableInstruments();
            return _counted.TryGetValue(name, out var value)
                ? value + _observed.GetValueOrDefault(name)
                : throw new InvalidOperationException($"The host has no '{name}'.");
        }
    }

    public void Dispose() => _listener.Dispose();
}
