using System.Globalization;

namespace Hybrid.LimiterSimulation;

/// <summary>Traffic that a real host had (Traces/*.csv).</summary>
public static class RecordedTrace
{
    /// <summary>
    /// Embedding requests. Their latencies are stretched to the median of the synthetic traces, far above the floor under which nothing is
    /// slow; a pause of the machine becomes seconds of standstill that way.
    /// </summary>
    public static IReadOnlyList<Arrival> Embed { get; } = Stretch(Read("embed.csv"));

    /// <summary>Endlessly from the beginning again.</summary>
    public static IEnumerable<Arrival> Repeat(IReadOnlyList<Arrival> trace)
    {
        for (var begin = TimeSpan.Zero; ; begin += trace[^1].At)
        {
            foreach (var arrival in trace)
            {
                yield return arrival with { At = begin + arrival.At };
            }
        }
    }

    private static List<Arrival> Read(string name)
    {
        using var reader = new StreamReader(typeof(RecordedTrace).Assembly.GetManifestResourceStream(name)!);
        var trace = new List<Arrival>();
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith('#'))
            {
                double[] values = [.. line.Split(',').Select(value => double.Parse(value, CultureInfo.InvariantCulture))];
                trace.Add(new Arrival(TimeSpan.FromMilliseconds(values[0]), values[2], values[1] / 1000));
            }
        }

        return trace;
    }

    private static List<Arrival> Stretch(List<Arrival> trace)
    {
        var median = trace.Select(arrival => arrival.ServiceMs).Order().ElementAt(trace.Count / 2);
        return [.. trace.Select(arrival => arrival with { ServiceMs = arrival.ServiceMs * ServiceTime.MedianMs / median })];
    }
}
