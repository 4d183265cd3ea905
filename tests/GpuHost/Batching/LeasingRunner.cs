using Hybrid.GpuHost.Batching;

namespace Hybrid.GpuHost.Tests.Batching;

/// <summary>A result that somebody has to give back.</summary>
internal sealed record Lease(int Item);

/// <summary>What the runners of one queue have given out, and what went wrong.</summary>
internal sealed class LeaseCounts
{
    private int _out;
    private int _inside;
    private int _computed;

    /// <summary>Leases that nobody has given back.</summary>
    public int Out => Volatile.Read(ref _out);

    public int Computed => Volatile.Read(ref _computed);

    /// <summary>Most batches that were computed at a time.</summary>
    public int MostInside { get; private set; }

    public void Enter(int items)
    {
        MostInside = Math.Max(MostInside, Interlocked.Increment(ref _inside));
        Interlocked.Add(ref _computed, items);
    }

    public void Leave() => Interlocked.Decrement(ref _inside);

    public void Give(int leases) => Interlocked.Add(ref _out, leases);

    public void Take() => Interlocked.Decrement(ref _out);
}

/// <summary>Answers each number with a lease on it; sometimes slow, sometimes failing, and then without a lease left behind.</summary>
internal sealed class LeasingRunner(LeaseCounts counts, int seed, double failures) : IBatchRunner<int, Lease>
{
    private readonly Random _random = new(seed);
    private int _inside;

    public int TokensOf(int item) => 1 + (item % 200);

    public void Run(ReadOnlySpan<int> items, Span<Lease> results, CancellationToken cancellationToken)
    {
        Assert.Equal(1, Interlocked.Increment(ref _inside));
        counts.Enter(items.Length);
        try
        {
            for (var left = _random.Next(0, 40); left > 0; left--)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Thread.SpinWait(200);
            }

            if (_random.NextDouble() < failures)
            {
                throw new InvalidDataException("as asked");
            }

            for (var i = 0; i < items.Length; i++)
            {
                results[i] = new Lease(items[i]);
            }

            counts.Give(items.Length);
        }
        finally
        {
            counts.Leave();
            Interlocked.Decrement(ref _inside);
        }
    }

    public void Release(Lease result)
    {
        Assert.NotNull(result);
        counts.Take();
    }
}
