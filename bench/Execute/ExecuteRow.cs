using System.Globalization;
using System.Text;
using Hybrid.Bench.Execute.Raw;

namespace Hybrid.Bench.Execute;

/// <summary>All rounds at one length.</summary>
internal sealed class ExecuteRow(int tokens)
{
    private readonly List<RawRate> _raw = [];
    private readonly List<(string Name, int Connections, SaturatedRun Run)> _runs = [];

    /// <summary>Texts per second of the best raw configuration.</summary>
    public double Raw => BestRaw.Rate;

    /// <summary>Texts per second of a contender.</summary>
    public double this[string name] => Measure.Median(_runs.Where(run => run.Name == name).Select(run => run.Run.Load.PerSecond));

    private (RawConfiguration Configuration, double Rate) BestRaw =>
        _raw.GroupBy(rate => rate.Configuration).Select(group => (group.Key, Measure.Median(group.Select(rate => rate.TextsPerSecond)))).MaxBy(best => best.Item2);

    public void AddRaw(RawRate rate) => _raw.Add(rate);

    public void Add(string name, int connections, SaturatedRun run) => _runs.Add((name, connections, run));

    /// <summary>A line each, and where the CPU time of the last round went.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        var (configuration, rate) = BestRaw;
        text.AppendLine(CultureInfo.InvariantCulture, $"{tokens,4} tokens  {"raw",-6} {rate,8:0.0} texts/s  1.00  {configuration}");
        foreach (var group in _runs.GroupBy(run => run.Name))
        {
            var (_, connections, last) = group.Last();
            var errors = group.Sum(run => run.Run.Load.Errors);
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"{"",12} {group.Key,-6} {this[group.Key],8:0.0} texts/s  {this[group.Key] / rate:0.00}  {connections} connections, p50 {last.Load.Latency.Percentile(0.5).TotalMilliseconds:0.0} ms{(errors > 0 ? $", {errors} errors" : "")}; {last.CpuText}");
        }

        return text.ToString().TrimEnd();
    }
}
