using System.Globalization;

namespace Hybrid.Bench.Execute;

/// <summary>CPU time of a process by its threads' names, from /proc: where the time goes.</summary>
internal sealed record CpuTimes(IReadOnlyDictionary<string, double> SecondsByThread)
{
    /// <summary>Linux counts CPU time for /proc in hundredths of a second on every usual architecture.</summary>
    private const double TicksPerSecond = 100;

    public static CpuTimes Of(int processId)
    {
        var seconds = new Dictionary<string, double>();
        foreach (var thread in Directory.EnumerateDirectories($"/proc/{processId}/task"))
        {
            string stat;
            try
            {
                stat = File.ReadAllText(Path.Combine(thread, "stat"));
            }
            catch (IOException)
            {
                // It ended meanwhile.
                continue;
            }

            // The name stands in parentheses and may hold any character; the fields after it are numbers.
            var end = stat.LastIndexOf(')');
            var name = stat[(stat.IndexOf('(') + 1)..end];
            var fields = stat[(end + 2)..].Split(' ');
            seconds[name] = seconds.GetValueOrDefault(name)
                + ((long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond);
        }

        return new CpuTimes(seconds);
    }

    /// <summary>What was used since an earlier look; of threads that ended meanwhile nothing is known.</summary>
    public CpuTimes Since(CpuTimes earlier) =>
        new(SecondsByThread.ToDictionary(thread => thread.Key, thread => Math.Max(0, thread.Value - earlier.SecondsByThread.GetValueOrDefault(thread.Key))));

    /// <summary>Busy cores over a time: all of it, then the threads that used most.</summary>
    public string ToText(TimeSpan time) => string.Create(
        CultureInfo.InvariantCulture,
        $"{SecondsByThread.Values.Sum() / time.TotalSeconds:0.00} cores ({string.Join(", ", SecondsByThread.Where(thread => thread.Value / time.TotalSeconds >= 0.01).OrderByDescending(thread => thread.Value).Take(6).Select(thread => string.Create(CultureInfo.InvariantCulture, $"{thread.Key} {thread.Value / time.TotalSeconds:0.00}")))})");
}
