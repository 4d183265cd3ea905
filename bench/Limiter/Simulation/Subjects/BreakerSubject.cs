using Hybrid.GpuHost.Admission.Adaptive;

namespace Hybrid.LimiterSimulation.Subjects;

/// <summary>The breaker's states with another idea of what is slow. Requests that were let in before it opened say nothing afterwards.</summary>
public abstract class BreakerSubject(int probes, TimeProvider time) : ISubject
{
    private readonly List<(int Epoch, int Probe)> _leases = [];
    private readonly long _start = time.GetTimestamp();

    public bool IsTripped => Breaker.State != BreakerState.Closed;

    protected LatencyBreaker Breaker { get; } = new(new AdaptiveLimiterOptions { ProbeCount = probes, RelearnAfter = TimeSpan.FromDays(1) });

    protected TimeSpan Now => time.GetElapsedTime(_start);

    /// <summary>One request over this is slow.</summary>
    protected abstract TimeSpan Threshold { get; }

    public bool TryAdmit(int ticket, double work)
    {
        var probe = Breaker.State == BreakerState.Closed ? 0 : Breaker.BeginProbe(Now, Threshold, out _);
        if (ticket == _leases.Count)
        {
            _leases.Add(default);
        }

        _leases[ticket] = (Breaker.Epoch, probe);
        return Breaker.State == BreakerState.Closed || probe != 0;
    }

    public void Complete(int ticket, TimeSpan latency)
    {
        var (epoch, probe) = _leases[ticket];
        Seen(latency);
        if (probe != 0)
        {
            Breaker.EndProbe(probe, latency <= Threshold, Now);
        }
        else if (epoch == Breaker.Epoch)
        {
            Completed(latency);
        }
    }

    /// <summary>Any request ended.</summary>
    protected abstract void Seen(TimeSpan latency);

    /// <summary>A request ended that was let in by the breaker as it is now, closed.</summary>
    protected abstract void Completed(TimeSpan latency);
}
