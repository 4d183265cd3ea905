using Hybrid.GpuHost.Admission.Adaptive;

namespace Hybrid.LimiterSimulation.Subjects;

/// <summary>The limiter of the host, with its defaults but for the floor, which is here that of the reference.</summary>
public sealed class ShippedSubject(TimeProvider time) : ISubject
{
    private readonly AdaptiveLimiter _limiter = new(new AdaptiveLimiterOptions { LatencyFloor = TimeSpan.FromMilliseconds(100) }, time);
    private readonly List<AdmissionLease> _leases = [];

    public bool IsTripped => Snapshot.State != BreakerState.Closed;

    public LimiterSnapshot Snapshot => _limiter.Snapshot();

    public bool TryAdmit(int ticket, double work)
    {
        var decision = _limiter.TryAcquire(work);
        if (ticket == _leases.Count)
        {
            _leases.Add(decision.Lease);
        }

        _leases[ticket] = decision.Lease;
        return decision.IsAdmitted;
    }

    public void Complete(int ticket, TimeSpan latency) => _leases[ticket].Complete(AdmissionOutcome.Succeeded);
}
