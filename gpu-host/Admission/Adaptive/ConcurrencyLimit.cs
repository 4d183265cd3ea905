using Hybrid.GpuHost.Telemetry;

namespace Hybrid.GpuHost.Admission.Adaptive;

/// <summary>
/// How many requests may be in flight, after the latency gradient (Netflix's Gradient2, Envoy's adaptive concurrency):
/// limit × clamp(target ÷ median, ¼, 2) + headroom. Where a queue has formed, latency is proportional to the limit, so one
/// step leads to the target. Entering and leaving take no lock; what moves the limit is for one thread at a time.
/// </summary>
internal sealed class ConcurrencyLimit(AdaptiveLimiterOptions options)
{
    private int _limit = options.InitialConcurrency;
    private PaddedCounter _inFlight;
    private int _mostInFlight;
    private bool _wasReached;

    public int Limit
    {
        get => Volatile.Read(ref _limit);
        set => Volatile.Write(ref _limit, value);
    }

    public int InFlight => _inFlight.Value;

    /// <summary>Whether latency since the last <see cref="Adapt"/> says what the server takes, and not how long our own queue is.</summary>
    public bool SaysNoLoad => !Volatile.Read(ref _wasReached) || Limit == options.MinConcurrency;

    /// <summary>Whether less than half of the limit was used since the last time.</summary>
    public bool IsQuiet => MostInFlight * 2 < Limit;

    private int MostInFlight => Volatile.Read(ref _mostInFlight);

    public bool TryEnter()
    {
        var limit = Limit;
        var seen = InFlight;
        while (seen < limit)
        {
            var before = _inFlight.CompareExchange(seen + 1, seen);
            if (before == seen)
            {
                // A lost race costs one request's worth of accuracy.
                if (seen + 1 > MostInFlight)
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

    public void Leave() => _inFlight.Add(-1);

    /// <summary>Moves the limit by the gradient. One of which not half was used says nothing about the server and stays (as in Gradient2).</summary>
    /// <param name="gradient">Target ÷ median since the last time.</param>
    /// <param name="flooded">Too much came: the limit falls from what was used, however much lies above that.</param>
    public void Adapt(double gradient, bool flooded)
    {
        var limit = flooded ? Math.Min(Limit, MostInFlight) : Limit;
        if (MostInFlight * 2 >= limit)
        {
            var headroom = Math.Max(1, Math.Sqrt(limit) / 2);
            Set((limit * Math.Clamp(gradient, 0.25, 2)) + headroom);
        }

        Restart();
    }

    /// <summary>Moves the limit in quiet times, when nothing tells what the server could do: up at once, down slowly.</summary>
    /// <param name="safe">What a server of one lane could answer in time.</param>
    public void Rest(double safe)
    {
        safe = Math.Max(safe, options.InitialConcurrency);
        Set(Limit > safe ? Math.Max(safe, Limit * 0.9) : safe);
        Restart();
    }

    /// <summary>Forgets what was seen since the last <see cref="Adapt"/>.</summary>
    public void Restart()
    {
        Volatile.Write(ref _mostInFlight, InFlight);
        Volatile.Write(ref _wasReached, false);
    }

    private void Set(double limit) => Limit = (int)Math.Clamp(limit, options.MinConcurrency, options.MaxConcurrency);
}
