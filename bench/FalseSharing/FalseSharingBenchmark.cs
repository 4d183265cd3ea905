using System.Globalization;

namespace Hybrid.Bench.FalseSharing;

/// <summary>
/// What it gives to keep counters out of each other's cache line: for two threads with a counter each, and for the patterns in which the host's
/// own counters are written (<c>QueueCounts</c>; <c>AdmissionGate</c> beside fields that are only read).
/// </summary>
internal sealed class FalseSharingBenchmark : IBenchmark
{
    private const int Rounds = 9;
    private const int Operations = 5_000_000;

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
        Compare("padded_vs_adjacent", "a counter each", pair => Interlocked.Increment(ref pair.First), pair => Interlocked.Increment(ref pair.Second));
        Compare("queue_counts", "QueueCounts: callers and a lane", EnterAndLeave, Begin);
        Compare("gate", "AdmissionGate: one counts, one reads beside", pair => Interlocked.Increment(ref pair.First), pair => Volatile.Read(ref pair.Second));
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
        Interlocked.Increment(ref counts.First);
        Interlocked.Decrement(ref counts.Second);
    }

    // The lane takes it: it waits no more, and runs.
    private static void Begin(ICounterPair counts)
    {
        Interlocked.Decrement(ref counts.First);
        Interlocked.Increment(ref counts.Second);
    }

    private static void Race(ICounterPair pair, Action<ICounterPair> one, Action<ICounterPair> other)
    {
        using var both = new Barrier(2);
        var thread = new Thread(() => Run(other)) { IsBackground = true };
        thread.Start();
        Run(one);
        thread.Join();

        void Run(Action<ICounterPair> step)
        {
            both.SignalAndWait();
            for (var i = 0; i < Operations; i++)
            {
                step(pair);
            }
        }
    }
}
