using System.Globalization;
using Hybrid.Orchestrations.Dispatch;

namespace Hybrid.Bench.Dispatch;

/// <summary>Ways to choose between three hosts, one of them slow, in simulated time with one seed.</summary>
internal sealed class DispatchBenchmark : IBenchmark
{
    public string Name => "dispatch";

    public string Summary => "three hosts, one five times slower: power of two choices and hedges against random and round robin (simulated)";

    public Task<IReadOnlyDictionary<string, double>> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        output.WriteLine("expected: random and round robin wait for the slow host, p99 of several 100 ms; power of two choices less than half of it; with hedges about the p95 and one more service time, 50 ms");
        var (turn, dice) = (0, new Random(1));
        var figures = new Dictionary<string, double>();
        Measure("random", new PoolSimulation(0, hosts => hosts[dice.Next(hosts.Length)]));
        Measure("round_robin", new PoolSimulation(0, hosts => hosts[turn++ % hosts.Length]));
        Measure("power_of_two", new PoolSimulation(0, hosts => PowerOfTwoChoices.Pick(hosts, [], dice)));
        Measure("power_of_two_hedged", new PoolSimulation(new GpuPoolOptions().HedgeShare, hosts => PowerOfTwoChoices.Pick(hosts, [], dice)));
        figures["ratio"] = figures["random_p99_ms"] / figures["power_of_two_hedged_p99_ms"];
        return Task.FromResult<IReadOnlyDictionary<string, double>>(figures);

        void Measure(string name, PoolSimulation simulation)
        {
            var (p50, p99, hedges) = simulation.Run();
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-20} p50 {p50,6:0.0} ms  p99 {p99,7:0.0} ms  hedges {hedges:P1}"));
            figures[name + "_p99_ms"] = p99;
        }
    }
}
