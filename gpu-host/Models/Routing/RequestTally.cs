using Hybrid.GpuHost.Admission.Adaptive;

namespace Hybrid.GpuHost.Models.Routing;

/// <summary>
/// How requests to one version went. Counting takes no lock. Every error counts as a failure, the client's own faults too: both versions get
/// the same requests, so what one of them refuses more often is its doing.
/// </summary>
/// <param name="counted">Called after each.</param>
internal sealed class RequestTally(Action? counted = null) : IAdmissionObserver
{
    private readonly LatencyHistogram _latencies = new();
    private int _requests;
    private int _failures;

    public int Requests => Volatile.Read(ref _requests);

    public int Failures => Volatile.Read(ref _failures);

    /// <summary>0 to 1; 0 when there was no request.</summary>
    public double FailureRate => Requests == 0 ? 0 : (double)Failures / Requests;

    /// <summary>Requests whose latency is known.</summary>
    public int Timed => _latencies.Count;

    public TimeSpan P95 => _latencies.Quantile(0.95);

    public int SlowerThan(TimeSpan latency) => _latencies.CountAbove(latency);

    public void Ended(AdmissionOutcome outcome, TimeSpan latency)
    {
        // Who gave up waited so long at least. An error may come fast, and would make a failing version a fast one.
        if (outcome is AdmissionOutcome.Succeeded or AdmissionOutcome.TimedOut or AdmissionOutcome.Abandoned)
        {
            _latencies.Record(latency);
        }

        if (outcome is AdmissionOutcome.Failed or AdmissionOutcome.TimedOut or AdmissionOutcome.Refused)
        {
            Interlocked.Increment(ref _failures);
        }

        Interlocked.Increment(ref _requests);
        counted?.Invoke();
    }
}
