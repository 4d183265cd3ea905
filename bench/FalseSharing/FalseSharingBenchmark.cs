using System.Globalization;
using Hybrid.GpuHost.Execution.Numa;

namespace Hybrid.Bench.FalseSharing;

/// <summary>
/// What it gives to keep counters out of each other's cache line: for two threads with a counter each, and for the patterns in which the host's
/// own counters are written: <c>QueueCounts</c>, and a <c>PaddedCounter</c> where it stands, among fields that are only read.
/// </summary>
internal sealed class FalseSharingBenchmark : IBenchmark
{
    private const int Rounds = 31;
    private const int Operations = 1_000_000;

    public string Name => "falsesharing";

    public string Summary => "two threads that count, counters in one cache line against 128 bytes apart; and the host's own patterns";

    public Task<IReadOnlyDictionary<string, double>> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        if (Environment.ProcessorCount < 2)
        {
            throw new InvalidOperationException("It takes two cores to share a cache line falsely.");
        }

        var figures = new Dictionary<string, double>();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"ns for each step of both threads",-46} {"adjacent",9} {"padded",9} {"ratio",6}"));
        Compare("padded_vs_adjacent", "a counter each", pair => pair.AddToFirst(1), pair => pair.AddToSecond(1));
        Compare("queue_counts", "QueueCounts: callers and a lane", EnterAndLeave, Begin);
        Compare("counter_beside_fields", "one counts, one reads beside it", pair => pair.AddToFirst(1), pair => pair.ReadSecond());
        return Task.FromResult<IReadOnlyDictionary<string, double>>(figures);

        void Compare(string field, string what, Action<ICounterPair> one, Action<ICounterPair> other)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (adjacent, padded) = Measure.InTurn(Rounds, () => Race(new AdjacentCounters(), one, other), () => Race(new PaddedCounters(), one, other));
            figures[field] = adjacent / padded;
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{what,-46} {adjacent * 1e6 / Operations,9:0.0} {padded * 1e6 / Operations,9:0.0} {adjacent / padded,6:0.00}"));
        }
    }

    // A request comes and waits, and when its answer is there runs no more.
    private static void EnterAndLeave(ICounterPair counts)
    {
        counts.AddToFirst(1);
        counts.AddToSecond(-1);
    }

    // The lane takes it: it waits no more, and runs.
    private static void Begin(ICounterPair counts)
    {
        counts.AddToFirst(-1);
        counts.AddToSecond(1);
    }

    // Each on a core of its own: where the system moves them onto one, nothing is shared and nothing is measured.
    private static void Race(ICounterPair pair, Action<ICounterPair> one, Action<ICounterPair> other)
    {
        var cores = ThreadAffinity.Allowed();
        using var both = new Barrier(2);
        Thread[] threads = [.. new[] { one, other }.Select((step, i) => new Thread(() => Run(step, i)) { IsBackground = true })];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        void Run(Action<ICounterPair> step, int number)
        {
            if (cores.Count > 1)
            {
                ThreadAffinity.TrySet([cores[number]]);
            }

            both.SignalAndWait();
            for (var i = 0; i < Operations; i++)
            {
                step(pair);
            }
        }
    }
}
