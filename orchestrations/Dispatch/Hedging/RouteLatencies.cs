using System.Collections.Concurrent;

namespace Hybrid.Orchestrations.Dispatch.Hedging;

/// <summary>How long calls take, by route and model. Only models that answered are in it, so outside names make no entries.</summary>
internal sealed class RouteLatencies(TimeProvider time)
{
    /// <summary>More models than hosts can hold at once; later ones are not hedged.</summary>
    private const int Most = 1024;

    private readonly ConcurrentDictionary<(string Route, string Model), LatencyWindow> _windows = new();

    public TimeSpan? P95(string route, string model) => _windows.TryGetValue((route, model), out var window) ? window.P95 : null;

    public void Record(string route, string model, TimeSpan duration)
    {
        if (_windows.TryGetValue((route, model), out var window) || _windows.Count < Most)
        {
            (window ?? _windows.GetOrAdd((route, model), _ => new LatencyWindow(time))).Record(duration);
        }
    }
}
