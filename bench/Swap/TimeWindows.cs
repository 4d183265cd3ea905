using System.Diagnostics;
using Hybrid.Load;

namespace Hybrid.Bench.Swap;

/// <summary>Stretches of a run, in timestamps, that do not overlap and stand in order.</summary>
internal sealed class TimeWindows
{
    private readonly List<(long Begin, long End)> _windows = [];

    public int Count => _windows.Count;

    public TimeSpan Mean => _windows.Count == 0 ? TimeSpan.Zero : Total / _windows.Count;

    private TimeSpan Total => _windows.Aggregate(TimeSpan.Zero, (sum, window) => sum + Stopwatch.GetElapsedTime(window.Begin, window.End));

    /// <summary>One that began then and ends now.</summary>
    public TimeSpan EndNow(long begin)
    {
        var end = Stopwatch.GetTimestamp();
        _windows.Add((begin, end));
        return Stopwatch.GetElapsedTime(begin, end);
    }

    /// <summary>The latencies of the requests that were answered in one of them.</summary>
    public Histogram Latencies(IEnumerable<AnsweredRequest> requests)
    {
        var histogram = new Histogram();
        var window = 0;
        foreach (var request in requests.OrderBy(request => request.End))
        {
            while (window < _windows.Count && _windows[window].End < request.End)
            {
                window++;
            }

            if (window < _windows.Count && _windows[window].Begin <= request.End)
            {
                histogram.Record((long)Stopwatch.GetElapsedTime(request.Begin, request.End).TotalNanoseconds);
            }
        }

        return histogram;
    }
}
