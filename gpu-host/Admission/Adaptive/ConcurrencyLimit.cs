namespace Hybrid.GpuHost.Admission.Adaptive;

/// <summary>
/// How many requests may be in flight, after the latency gradient (Netflix's Gradient2, Envoy's adaptive concurrency):
/// limit × clamp(target ÷ median, ¼, 2) + headroom. Where a queue has formed, latency is proportional to the limit, so one
/// step leads to the target. Entering and leaving take no lock; <see cref="Adapt"/> is for one thread at a time.
/// </summary>
internal sealed class ConcurrencyLimit(AdaptiveLimiterOptions options)
{
    private int _limit = options.InitialConcurrency;
    private int _inFlight;
    private int _mostInFlight;
    private bool _wasReached;

    public int Limit
    {
        get => Volatile.Read(ref _limit);
        set => Volatile.Write(ref _limit, value);
    }

    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Whether latency since the last <see cref="Adapt"/> says what the server takes, and not how long our own queue is.</summary>
    public bool SaysNoLoad => !Volatile.Read(ref _wasReached) || Limit == options.MinConcurrency;

    public bool TryEnter()
    {
        var limit = Limit;
        var seen = InFlight;
        while (seen < limit)
        {
            var before = Interlocked.CompareExchange(ref _inFlight, seen + 1, seen);
            if (before == seen)
            {
                // A lost race costs one request's worth of accuracy.
                if (seen + 1 > Volatile.Read(ref _mostInFlight))
                {
                    Volatile.Write(ref _mostInFlight, seen + 1);
                }

                return true;
            }

            seen = before;
        }

        Volatile.Write(ref _wasReached, true);
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _inFlight);

    /// <summary>Moves the limit. One of which not half was used says nothing about the server and stays (as in Gradient2).</summary>
    public void Adapt(TimeSpan median, TimeSpan target)
    {
        var limit = Limit;
        if (Volatile.Read(ref _mostInFlight) * 2 >= limit)
        {
            // 0 only from a clock that stands still; it allows the largest step.
            var gradient = median > TimeSpan.Zero ? Math.Clamp(target / median, 0.25, 2) : 2;
            var headroom = Math.Max(1, Math.Sqrt(limit) / 2);
            Limit = Math.Clamp((int)((limit * gradient) + headroom), options.MinConcurrency, options.MaxConcurrency);
        }

        Restart();
    }

    /// <summary>Forgets what was seen since the last <see cref="Adapt"/>.</summary>
    public void Restart()
    {
        Volatile.Write(ref _mostInFlight, InFlight);
        Volatile.Write(ref _wasReached, false);
    }
}
