using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Hybrid.GpuHost.Tests.Hosts;

/// <summary>What the counters of one host have come to, and how often its histograms were recorded to, by instrument and (if given) one tag.</summary>
internal sealed class MeterSums : IDisposable
{
    private readonly ConcurrentDictionary<string, long> _sums = [];
    private readonly MeterListener _listener = new();

    public MeterSums(IMeterFactory host, string tag)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == host)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument.Name, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Add(instrument.Name, 1, tags));
        _listener.Start();

        void Add(string name, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            _sums.AddOrUpdate(name, value, (_, sum) => sum + value);
            foreach (var (key, label) in tags)
            {
                if (key == tag)
                {
                    _sums.AddOrUpdate($"{name} {label}", value, (_, sum) => sum + value);
                }
            }
        }
    }

    public long this[string name] => _sums.GetValueOrDefault(name);

    public void Dispose() => _listener.Dispose();
}
